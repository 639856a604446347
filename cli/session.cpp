// The process's own streams and terminal.
#include "cli/session.h"

#include <cerrno>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/report/paint.h"

namespace poolproof::cli {
namespace {

constexpr unsigned kNarrowest = 40;

bool output_lost = false;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool wants_colour(bool is_terminal) {
  if (is_set("NO_COLOR")) return false;
  if (is_set("FORCE_COLOR")) return true;
  const char* terminal = std::getenv("TERM");
  return is_terminal && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

}  // namespace

TextStyle style_of(std::FILE* stream) {
  TextStyle style;
  const int fd = ::fileno(stream);
  const bool is_terminal = fd >= 0 && ::isatty(fd) != 0;
  style.colour = wants_colour(is_terminal);
  if (!is_terminal) return style;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = size.ws_col < kNarrowest ? kNarrowest : size.ws_col;
  }
  return style;
}

void print(std::FILE* stream, std::string_view text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
  if (!is_written && errno != EPIPE && stream == stdout) output_lost = true;
}

bool output_was_lost() {
  return output_lost;
}

void complain(const Session& session, std::string_view message) {
  print(stderr, fmt::format("{} {}\n", paint("poolproof:", Colour::kError, session.err_style),
                            printable(message)));
}

Result<std::string> read_standard_input() {
  std::string bytes;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got == 0) {
      if (bytes.empty()) return Error{"standard input is empty"};
      return bytes;
    }
    if (got < 0) return Error{"standard input cannot be read"};
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > kMaxFileSize) {
      return Error{fmt::format("larger than {} MB", kMaxFileSize >> 20)};
    }
  }
}

}  // namespace poolproof::cli
