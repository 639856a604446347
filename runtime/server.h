// A plan being served: sockets bound and logs opened first, then one thread per worker, until a
// signal ends it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "grammar/base/descriptor.h"
#include "runtime/logging.h"
#include "runtime/plan.h"
#include "runtime/worker.h"

namespace poolproof::runtime {

struct UserIds {
  uid_t user = 0;
  gid_t group = 0;
};

class Server {
 public:
  /// `plan` must outlive the server.
  explicit Server(const Plan& plan, std::string hostname);
  ~Server();

  /// Opens logs and binds all listeners. An error text in nginx's words, or nothing.
  std::string open();
  /// What can be tried without binding a port: the logs, the pid file, the user. An error text, or
  /// nothing.
  std::string test();
  /// Starts the workers' threads. An error text, or nothing.
  std::string start();
  /// Asks the workers to end; any thread.
  void stop(StopKind kind);
  /// Until all workers have ended.
  void join();

  /// open(), start(), and until SIGTERM or SIGINT (at once) or SIGQUIT (requests end first).
  /// SIGUSR1 opens the logs again. For a program's main thread. Returns the exit code; errors go to
  /// stderr. `started` is called when all is open and the workers run.
  int serve(const std::function<void()>& started = {});

  const Worker& worker(std::size_t number) const { return *workers_[number]; }

 private:
  std::string open_logs();
  std::string bind_listeners();
  std::vector<int> listeners_of(unsigned worker) const;
  void close_listeners();
  void remove_files();
  std::string write_pid_file();
  std::string raise_file_limit();
  std::string find_user(UserIds& ids) const;
  std::string change_user();
  void reopen_logs();
  void obey(int signal_number);

  const Plan& plan_;
  std::string hostname_;
  ErrorLog error_log_;
  std::vector<Descriptor> log_files_;
  /// By Plan::listens: one socket for all workers, or with `reuseport` one for each.
  std::vector<std::vector<Descriptor>> listeners_;
  std::vector<ConnectionCounts> counts_;  // by worker
  std::vector<std::unique_ptr<Worker>> workers_;
  bool pid_file_is_ours_ = false;
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

}  // namespace poolproof::runtime
