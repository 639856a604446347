// Start-up and signals.
#include "runtime/server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
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

namespace {

int open_log(const std::string& path) {
  if (path == "stderr") return dup(STDERR_FILENO);
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
}

}  // namespace

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
  std::string missing_default_log;
  log_files_.resize(plan_.log_files.size());
  for (std::size_t i = 0; i < plan_.log_files.size(); ++i) {
    if (!for_access[i] && !for_errors[i]) continue;
    const std::string& path = plan_.log_files[i].path;
    log_files_[i].reset(open_log(path));
    if (log_files_[i]) continue;
    std::string error =
        fmt::format("open() \"{}\" failed ({}: {})", path, errno, error_text(errno));
    // Nobody asked for nginx's default log, so it is no reason not to serve.
    if (!plan_.log_files[i].is_default || for_errors[i]) return error;
    missing_default_log = std::move(error);
  }
  error_log_.attach(log_files_, for_errors);
  if (!missing_default_log.empty()) {
    error_log_.write(plan_.error_logs, LogLevel::kWarn,
                     fmt::format("{}; what has no access_log is not logged", missing_default_log));
  }
  return {};
}

/// The descriptors keep their numbers and are open on the new files from one moment to the next, so
/// workers write on and lose no line.
void Server::reopen_logs() {
  for (std::size_t i = 0; i < log_files_.size(); ++i) {
    const std::string& path = plan_.log_files[i].path;
    if (!log_files_[i] || path == "stderr") continue;
    const Descriptor fresh(open_log(path));
    if (!fresh || dup3(fresh.get(), log_files_[i].get(), O_CLOEXEC) < 0) {
      error_log_.write(
          plan_.error_logs, LogLevel::kEmerg,
          fmt::format("open() \"{}\" failed ({}: {})", path, errno, error_text(errno)));
    }
  }
}

std::string Server::bind_listeners() {
  for (const ListenSocket& listen : plan_.listens) {
    std::vector<Descriptor>& sockets = listeners_.emplace_back();
    const unsigned count = listen.reuseport ? std::max(plan_.worker_processes, 1u) : 1;
    while (sockets.size() < count) {
      SocketResult result = make_listener(listen);
      if (!result.socket) {
        return fmt::format("bind() to {} failed ({}: {}){}", to_string(listen.address),
                           result.error, error_text(result.error),
                           listen.place.empty() ? "" : " in " + listen.place);
      }
      sockets.push_back(std::move(result.socket));
    }
  }
  return {};
}

std::vector<int> Server::listeners_of(unsigned worker) const {
  std::vector<int> sockets;
  for (const auto& each : listeners_) sockets.push_back(each[worker % each.size()].get());
  return sockets;
}

/// From here on clients are refused, as by an nginx that ends. The descriptors stay: a worker may
/// be about to accept from them.
void Server::close_listeners() {
  for (const auto& sockets : listeners_) {
    for (const Descriptor& socket : sockets) stop_listening(socket.get());
  }
}

/// What would be in the way of the next process, or would mislead it.
void Server::remove_files() {
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    const Address& address = plan_.listens[i].address;
    const bool is_bound = !listeners_[i].empty();
    if (is_bound && address.family == AddressFamily::kUnix) unlink(address.path.c_str());
  }
  if (pid_file_is_ours_) unlink(plan_.pid_file.c_str());
}

std::string Server::open() {
  if (std::string error = open_logs(); !error.empty()) return error;
  return bind_listeners();
}

std::string Server::start() {
  // A peer that has gone must not end the program; writes say EPIPE.
  signal(SIGPIPE, SIG_IGN);
  const unsigned count = std::max(plan_.worker_processes, 1u);
  counts_ = std::vector<ConnectionCounts>(count);
  for (unsigned i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        Worker::Setup{&plan_, listeners_of(i), &log_files_, &error_log_, hostname_, counts_, i}));
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
  close_listeners();
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
  pid_file_is_ours_ = true;
  fmt::print(file, "{}\n", getpid());
  std::fclose(file);
  return {};
}

/// worker_rlimit_nofile. Only root may raise the hard limit; within it everybody may.
std::string Server::raise_file_limit() {
  if (plan_.open_file_limit == 0) return {};
  const auto wanted = static_cast<rlim_t>(plan_.open_file_limit);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = wanted;
  limit.rlim_max = std::max(limit.rlim_max, wanted);
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  error_log_.write(plan_.error_logs, LogLevel::kAlert,
                   fmt::format("setrlimit(RLIMIT_NOFILE, {}) failed ({}: {})",
                               plan_.open_file_limit, errno, error_text(errno)));
  return {};
}

std::string Server::find_user(UserIds& ids) const {
  const passwd* user = getpwnam(plan_.user.c_str());
  if (user == nullptr) return fmt::format("getpwnam(\"{}\") failed: no such user", plan_.user);
  ids = {user->pw_uid, user->pw_gid};
  if (plan_.group.empty()) return {};
  const group* named = getgrnam(plan_.group.c_str());
  if (named == nullptr) return fmt::format("getgrnam(\"{}\") failed: no such group", plan_.group);
  ids.group = named->gr_gid;
  return {};
}

/// `user`: once ports are bound and logs are open root's rights are given up, for good.
std::string Server::change_user() {
  if (plan_.user.empty() || geteuid() != 0) return {};
  UserIds ids;
  if (std::string error = find_user(ids); !error.empty()) return error;
  if (setgid(ids.group) != 0 || initgroups(plan_.user.c_str(), ids.group) != 0 ||
      setuid(ids.user) != 0) {
    return fmt::format("cannot become user \"{}\" ({}: {})", plan_.user, errno, error_text(errno));
  }
  return {};
}

std::string Server::test() {
  if (std::string error = open_logs(); !error.empty()) return error;
  UserIds ids;
  if (!plan_.user.empty() && geteuid() == 0) {
    if (std::string error = find_user(ids); !error.empty()) return error;
  }
  if (plan_.pid_file.empty()) return {};
  // As nginx does it: the file is there afterwards, but nothing is written to it.
  const Descriptor file(::open(plan_.pid_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (file) return {};
  return fmt::format("open() \"{}\" failed ({}: {})", plan_.pid_file, errno, error_text(errno));
}

void Server::obey(int signal_number) {
  switch (signal_number) {
    case SIGUSR1:
      return reopen_logs();
    case SIGHUP:
      return error_log_.write(plan_.error_logs, LogLevel::kError,
                              "SIGHUP: the configuration is not read again; start a new process");
    case SIGUSR2:
    case SIGWINCH:
      return error_log_.write(plan_.error_logs, LogLevel::kError,
                              "SIGUSR2 and SIGWINCH: there is no upgrade on the fly");
    case SIGQUIT:
      return stop(StopKind::kGraceful);
    default:
      return stop(StopKind::kFast);
  }
}

int Server::serve(const std::function<void()>& started) {
  // Workers inherit the mask: only this thread takes the signals.
  sigset_t signals;
  sigemptyset(&signals);
  for (int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH}) {
    sigaddset(&signals, number);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  for (auto step : {&Server::open, &Server::write_pid_file, &Server::raise_file_limit,
                    &Server::change_user, &Server::start}) {
    const std::string error = (this->*step)();
    if (error.empty()) continue;
    fmt::print(stderr, "poolproof: [emerg] {}\n", error);
    remove_files();
    return 1;
  }
  if (started) started();
  // After SIGQUIT the workers end by themselves, or a second signal ends them.
  while (threads_->running.load(std::memory_order_acquire) != 0) {
    const timespec pause{0, 20'000'000};
    if (const int next = sigtimedwait(&signals, nullptr, &pause); next > 0) obey(next);
  }
  join();
  remove_files();
  return 0;
}

}  // namespace poolproof::runtime
