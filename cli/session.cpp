// The process's own streams and terminal.
#include "cli/session.h"

#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/report/paint.h"

namespace poolproof::cli {
namespace {

constexpr unsigned kNarrowest = 40;

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return terminal == nullptr || std::string_view(terminal) != "dumb";
}

}  // namespace

TextStyle style_of(std::FILE* stream) {
  TextStyle style;
  const int fd = ::fileno(stream);
  if (fd < 0 || ::isatty(fd) == 0) return style;
  style.colour = wants_colour();
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = size.ws_col < kNarrowest ? kNarrowest : size.ws_col;
  }
  return style;
}

void print(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
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
    if (got == 0) return bytes;
    if (got < 0) return Error{"standard input cannot be read"};
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > kMaxFileSize) {
      return Error{fmt::format("larger than {} MB", kMaxFileSize >> 20)};
    }
  }
}

}  // namespace poolproof::cli
