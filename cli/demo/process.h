// A child process of the demo (the proxy under test): started from this very binary, measured
// through /proc, ended by its process id.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace poolproof::cli::demo {

class ChildProcess {
 public:
  ChildProcess() = default;
  ~ChildProcess() { stop(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Runs this binary with the given arguments, its output appended to `log_path`.
  bool start(const std::vector<std::string>& arguments, const std::string& log_path);
  /// Asks it to end (SIGTERM) and waits; after two seconds it is killed.
  void stop();
  bool running();

  /// User and system time so far, in microseconds.
  double cpu_microseconds() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace poolproof::cli::demo
