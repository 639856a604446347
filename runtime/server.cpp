// Start-up and signals.
#include "runtime/server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <thread>

#include "runtime/net/socket.h"

namespace poolproof::runtime {

struct Server::Threads {
  std::vector<std::thread> list;
  std::atomic<std::size_t> running{0};
};

Server::Server(const Plan& plan, std::string hostname)
    : plan_(plan), hostname_(std::move(hostname)), threads_(std::make_unique<Threads>()) {}

Server::~Server() {
  stop(StopKind::kFast);
  join();
}

std::string Server::open_logs() {
  std::vector<bool> for_errors(plan_.log_files.size()), for_access(plan_.log_files.size());
  const auto mark = [&](const std::vector<ErrorLogPlan>& logs) {
    for (const ErrorLogPlan& log : logs) for_errors[log.file] = true;
  };
  mark(plan_.error_logs);
  for (const LocationPlan& location : plan_.locations) {
    mark(location.error_logs);
    for (const AccessLogPlan& log : location.access_logs) for_access[log.file] = true;
  }
  if (std::string error = error_log_.open(plan_.log_files, for_errors); !error.empty())
    return error;
  log_files_.resize(plan_.log_files.size());
  for (std::size_t i = 0; i < plan_.log_files.size(); ++i) {
    if (!for_access[i]) continue;
    const std::string& path = plan_.log_files[i].path;
    log_files_[i].reset(
        path == "stderr" ? dup(STDERR_FILENO)
                         : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
    if (!log_files_[i])
      return fmt::format("open() \"{}\" failed ({}: {})", path, errno, error_text(errno));
  }
  return {};
}

std::string Server::bind_listeners() {
  for (const ListenSocket& listen : plan_.listens) {
    SocketResult result = make_listener(listen);
    if (!result.socket) {
      return fmt::format("bind() to {} failed ({}: {})", to_string(listen.address), result.error,
                         error_text(result.error));
    }
    listeners_.push_back(std::move(result.socket));
  }
  return {};
}

std::string Server::open() {
  if (std::string error = open_logs(); !error.empty()) return error;
  return bind_listeners();
}

std::string Server::start() {
  // A peer that has gone must not end the program; writes say EPIPE.
  signal(SIGPIPE, SIG_IGN);
  const unsigned count = std::max(plan_.worker_processes, 1u);
  for (unsigned i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        Worker::Setup{&plan_, &listeners_, &log_files_, &error_log_, hostname_, i}));
    if (!workers_.back()->is_ready())
      return fmt::format("epoll_create1() failed ({})", error_text(errno));
  }
  threads_->running = workers_.size();
  for (auto& worker : workers_) {
    threads_->list.emplace_back([&worker, &running = threads_->running] {
      worker->run();
      running.fetch_sub(1, std::memory_order_release);
    });
  }
  return {};
}

void Server::stop(StopKind kind) {
  for (auto& worker : workers_) worker->stop(kind);
}

void Server::join() {
  for (std::thread& thread : threads_->list) {
    if (thread.joinable()) thread.join();
  }
}

std::string Server::write_pid_file() {
  if (plan_.pid_file.empty()) return {};
  std::FILE* file = std::fopen(plan_.pid_file.c_str(), "w");
  if (file == nullptr)
    return fmt::format("open() \"{}\" failed ({}: {})", plan_.pid_file, errno, error_text(errno));
  fmt::print(file, "{}\n", getpid());
  std::fclose(file);
  return {};
}

int Server::serve() {
  // Workers inherit the mask: only this thread takes the signals.
  sigset_t signals;
  sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT, SIGQUIT}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  for (auto step : {&Server::open, &Server::write_pid_file, &Server::start}) {
    const std::string error = (this->*step)();
    if (error.empty()) continue;
    fmt::print(stderr, "poolproof: [emerg] {}\n", error);
    return 1;
  }
  const auto obey = [this](int received) {
    stop(received == SIGQUIT ? StopKind::kGraceful : StopKind::kFast);
  };
  int received = 0;
  sigwait(&signals, &received);
  obey(received);
  // After SIGQUIT the workers end by themselves, or a second signal ends them.
  while (threads_->running.load(std::memory_order_acquire) != 0) {
    const timespec pause{0, 20'000'000};
    if (const int next = sigtimedwait(&signals, nullptr, &pause); next > 0) obey(next);
  }
  join();
  if (!plan_.pid_file.empty()) unlink(plan_.pid_file.c_str());
  return 0;
}

}  // namespace poolproof::runtime
