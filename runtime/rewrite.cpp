// Executing rewrite programs as nginx 1.22.1's ngx_http_script engine does.
#include "runtime/rewrite.h"

#include "runtime/hex.h"
#include "runtime/variables.h"

namespace poolproof::runtime {
namespace {

using Kind = RewriteResult::Kind;

/// "" and "0" are false (nginx, ngx_http_script_if_code).
bool is_true(std::string_view value) {
  return !value.empty() && value != "0";
}

bool match_with_groups(const Regex& pattern, const NamedGroups& named, std::string_view subject,
                       Request& request) {
  if (!pattern.match(subject, request.captures)) {
    request.captures.count = 0;  // unlike a map's or a location's pattern
    return false;
  }
  store_named_groups(named, request);
  return true;
}

bool probe(const IfStep& step, std::string_view path, Request& request) {
  using FileKind = FileStat::Kind;
  const FileStat found = request.worker->files->stat(path);
  const bool exists = found.kind != FileKind::kMissing;
  switch (step.kind) {
    case ConditionKind::kFile:
      return found.kind == FileKind::kFile;
    case ConditionKind::kNoFile:
      return found.kind != FileKind::kFile;
    case ConditionKind::kDirectory:
      return found.kind == FileKind::kDirectory;
    case ConditionKind::kNoDirectory:
      return found.kind != FileKind::kDirectory;
    case ConditionKind::kExists:
      return exists;
    case ConditionKind::kNotExists:
      return !exists;
    case ConditionKind::kExecutable:
      return found.executable;
    default:
      return !found.executable;
  }
}

bool holds(const IfStep& step, Request& request) {
  const std::string_view subject = step.subject.evaluate(request);
  switch (step.kind) {
    case ConditionKind::kTrue:
      return is_true(subject);
    case ConditionKind::kEqual:
      return subject == step.operand.evaluate(request);
    case ConditionKind::kNotEqual:
      return subject != step.operand.evaluate(request);
    case ConditionKind::kMatch:
      return match_with_groups(*step.pattern, step.named, subject, request);
    case ConditionKind::kNoMatch:
      return !match_with_groups(*step.pattern, step.named, subject, request);
    default:
      return probe(step, request.arena.concat({subject, std::string_view("\0", 1)}), request);
  }
}

/// Decodes %XX of printable characters above "%" up to the first "?", as nginx does before it sends
/// a redirect (ngx_unescape_uri, NGX_UNESCAPE_REDIRECT).
std::string_view unescape_redirect(std::string_view text, Arena& arena) {
  char* const begin = arena.allocate(text.size());
  char* at = begin;
  bool in_path = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '?') in_path = false;
    if (in_path && text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      const int value = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
      if (value > '%' && value < 0x7f) {
        *at++ = static_cast<char>(value);
        i += 2;
        continue;
      }
    }
    *at++ = text[i];
  }
  return {begin, static_cast<std::size_t>(at - begin)};
}

RewriteResult redirect(const RewriteStep& step, Request& request) {
  request.escape_captures = request.quoted_uri || request.plus_in_uri;
  const std::string_view path = step.path.evaluate(request);
  const std::string_view args = step.args.evaluate(request);
  request.escape_captures = false;
  std::string_view url = step.has_args ? request.arena.concat({path, "?", args}) : path;
  url = unescape_redirect(url, request.arena);
  if (step.keep_args && !request.args.empty()) {
    url = request.arena.concat({url, step.has_args ? "&" : "?", request.args});
  }
  return {Kind::kReturn, step.flag == RewriteFlag::kPermanent ? 301 : 302, url, true};
}

/// False if the new URI is empty, which nginx answers with 500.
bool change_uri(const RewriteStep& step, Request& request) {
  const std::string_view path = step.path.evaluate(request);
  if (step.has_args) {
    request.escape_captures = request.quoted_uri || request.plus_in_uri;
    std::string_view args = step.args.evaluate(request);
    request.escape_captures = false;
    if (step.keep_args && !request.args.empty()) {
      args = request.arena.concat({args, "&", request.args});
    }
    request.args = args;
  } else if (!step.keep_args) {
    request.args = {};
  }
  if (path.empty()) return false;
  request.uri = path;
  request.internal = true;
  request.uri_unchanged = false;
  return true;
}

RewriteResult answer(const ReturnStep& step, Request& request) {
  // The text may name $status (nginx 1.22.1, ngx_http_send_response).
  if (step.has_text && request.error_status == 0) request.status = step.status;
  return {Kind::kReturn, step.status, step.text.evaluate(request), step.has_text};
}

}  // namespace

void store_named_groups(const NamedGroups& named, Request& request) {
  for (const auto& [slot, group] : named) {
    const auto number = static_cast<std::size_t>(group);
    const Captures& captures = request.captures;
    const std::string_view value =
        number < Captures::kMax ? captures.groups[number] : captures.named[number - Captures::kMax];
    request.slots[slot] = {value.data() != nullptr ? value : std::string_view(""), true};
  }
}

RewriteResult run_rewrites(const RewriteProgram& program, Request& request) {
  bool uri_changed = false;
  for (std::size_t at = 0; at < program.size();) {
    const auto& step = program[at++];
    if (const auto* set = std::get_if<SetStep>(&step)) {
      const std::string_view value = set->value.evaluate(request);
      if (set->slot != kArgsSlot) {
        request.slots[set->slot] = {value, true};
        continue;
      }
      request.args = value;
      request.uri_unchanged = false;
    } else if (const auto* condition = std::get_if<IfStep>(&step)) {
      if (!holds(*condition, request))
        at = condition->end;
      else if (condition->location != nullptr)
        request.location = condition->location;
    } else if (const auto* result = std::get_if<ReturnStep>(&step)) {
      return answer(*result, request);
    } else if (const auto* rewrite = std::get_if<RewriteStep>(&step)) {
      if (!match_with_groups(rewrite->pattern, rewrite->named, request.uri, request)) continue;
      if (rewrite->flag == RewriteFlag::kRedirect || rewrite->flag == RewriteFlag::kPermanent) {
        return redirect(*rewrite, request);
      }
      if (!change_uri(*rewrite, request)) return {Kind::kError, 500, {}, false};
      if (rewrite->flag == RewriteFlag::kBreak) {
        request.location_valid = false;
        return {};
      }
      uri_changed = true;
      if (rewrite->flag == RewriteFlag::kLast) break;
    } else {  // break
      if (uri_changed) request.location_valid = false;
      return {};
    }
  }
  return {uri_changed ? Kind::kUriChanged : Kind::kContinue, 0, {}, false};
}

}  // namespace poolproof::runtime
