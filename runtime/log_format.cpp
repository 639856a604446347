// Compiling log formats and writing lines (nginx 1.22.1, ngx_http_log_module.c).
#include "runtime/log_format.h"

#include <fmt/format.h>

#include "grammar/syntax/values.h"
#include "runtime/request.h"
#include "runtime/variables.h"

namespace poolproof::runtime {
namespace {

constexpr std::string_view kCombined =
    "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
    "\"$http_referer\" \"$http_user_agent\"";

void append_escaped_default(std::string_view value, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out += c;
      continue;
    }
    out += "\\x";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
}

void append_escaped_json(std::string_view value, std::string& out) {
  for (const char c : value) {
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u00{:02X}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
}

}  // namespace

void append_escaped(std::string_view value, LogEscape escape, std::string& out) {
  switch (escape) {
    case LogEscape::kDefault:
      append_escaped_default(value, out);
      break;
    case LogEscape::kJson:
      append_escaped_json(value, out);
      break;
    case LogEscape::kNone:
      out += value;
      break;
  }
}

Result<LogFormat> LogFormat::compile(std::string name, const std::vector<std::string_view>& texts,
                                     LogEscape escape, VariableTable& variables) {
  LogFormat format;
  format.name_ = std::move(name);
  format.escape_ = escape;
  for (const std::string_view text : texts) {
    const auto pieces = split_variables(text);
    if (!pieces) return Error{fmt::format("invalid parameter \"{}\"", text)};
    for (const TextPiece& piece : *pieces) {
      if (!piece.is_variable) {
        format.pieces_.push_back({std::string(piece.text), {}});
        continue;
      }
      const auto variable = variables.find(piece.text);
      if (!variable) return Error{fmt::format("unknown \"{}\" variable", piece.text)};
      format.pieces_.push_back({{}, *variable});
    }
  }
  return format;
}

LogFormat LogFormat::combined(VariableTable& variables) {
  return compile("combined", {kCombined}, LogEscape::kDefault, variables).value();
}

void LogFormat::append_to(Request& request, std::string& out) const {
  for (const Piece& piece : pieces_) {
    if (piece.variable.get == nullptr) {
      out += piece.literal;
      continue;
    }
    const std::string_view value = piece.variable.get(request, piece.variable.data);
    if (value.data() != nullptr)
      append_escaped(value, escape_, out);
    else if (escape_ == LogEscape::kDefault)
      out += '-';
  }
  out += '\n';
}

}  // namespace poolproof::runtime
