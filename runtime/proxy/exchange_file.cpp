// Answers that are files.
#include <fmt/format.h>

#include "runtime/proxy/downstream.h"
#include "runtime/proxy/exchange.h"
#include "runtime/static_files.h"
#include "runtime/worker.h"

namespace poolproof::runtime {
namespace {

constexpr std::size_t kSmallFile = 32 * 1024;  // such a file is sent together with its head

}  // namespace

/// POST is refused only where there is a file (ngx_http_static_handler, nginx 1.22.1).
Exchange::Step Exchange::serve_static() {
  const bool is_post = request_.method == Method::kPost;
  if (!is_read_only(request_.method) && !is_post) return fail(405);
  if (!request_.uri.empty() && request_.uri.back() == '/') return serve_directory();
  const std::string_view path = file_path(request_);
  StaticFile file = open_static_file(path);
  if (file.descriptor) return is_post ? fail(405) : send_file(std::move(file));
  if (file.is_directory) {
    const std::string_view mark = request_.args.empty() ? "" : "?";
    const std::string_view to = request_.arena.concat({request_.uri, "/", mark, request_.args});
    kept_location_ = to;
    return fail(301);
  }
  if (!file.denied && !file.is_other && request_.location->log_not_found) {
    log(LogLevel::kError, fmt::format("open() \"{}\" failed (2: No such file or directory)", path),
        false);
  }
  return fail(file.denied ? 403 : 404);
}

Exchange::Step Exchange::serve_directory() {
  for (const Expression& index : request_.location->index) {
    const std::string_view name = index.evaluate(request_);
    if (name.starts_with('/')) return perform(redirect_internally(request_, name, request_.args));
    const std::string_view folder = file_path(request_);
    const std::string_view path = request_.arena.concat({folder, name, std::string_view("\0", 1)});
    const FileStat stat = worker_.context().files->stat(path.substr(0, path.size() - 1));
    if (stat.kind == FileStat::Kind::kMissing) {
      if (stat.denied) return fail(403);
      continue;
    }
    const std::string_view mark = request_.args.empty() ? "" : "?";
    return perform(redirect_internally(
        request_, request_.arena.concat({request_.uri, name, mark, request_.args})));
  }
  const std::string_view folder = file_path(request_);
  const FileStat stat = worker_.context().files->stat(folder);
  if (stat.kind == FileStat::Kind::kDirectory) {
    log(LogLevel::kError, fmt::format("directory index of \"{}\" is forbidden", folder), false);
    return fail(403);
  }
  return fail(stat.denied ? 403 : 404);
}

Exchange::Step Exchange::send_file(StaticFile file) {
  const LocationPlan& location = *request_.location;
  const int overridden = request_.error_status;
  if (!discard_request_body()) return fail(400);
  StaticResponse response = answer_for_file(file, location, request_);
  if (response.status == 412) return fail(412);
  if (response.status == 416) {
    keep_head_of_refused_range(response);
    return fail(416);
  }
  if (overridden != 0) response.status = overridden;
  request_.status = response.status;
  ResponseFields fields;
  fields.status = response.status;
  fields.date = worker_.http_date();
  std::vector<ByteRange> parts = std::move(response.parts);
  if (response.status != 304) {
    fields.content_type = media_type(location, request_.uri);
    if (parts.empty()) parts.push_back({0, file.size});
    fields.content_length = parts.front().size();
  }
  file_parts_.reset();
  if (parts.size() > 1) {
    file_parts_ = std::make_unique<FileParts>();
    MultipartBody& body = file_parts_->body;
    body =
        make_multipart_body(parts, file.size, fields.content_type, next_random(worker_.context()));
    fields.content_type = body.type;
    fields.content_length = body.size;
  }
  fields.last_modified = response.last_modified;
  begin_head(fields);
  if (!response.etag.empty()) append_header_line("ETag", response.etag, head_text_);
  end_head(response.status);
  if (!response.content_range.empty())
    add_last_line("Content-Range", response.content_range);
  else if (response.status == 200 && location.max_ranges != 0)
    add_last_line("Accept-Ranges", "bytes");
  to_client_.clear();
  to_client_.push(head_text_);
  const bool has_body = request_.head.method != Method::kHead && response.status != 304;
  const ByteRange first = has_body ? parts.front() : ByteRange{};
  file_at_ = first.begin;
  file_end_ = first.end;
  if (!has_body) {
    file_parts_.reset();
  } else if (file_parts_) {
    to_client_.push(file_parts_->body.heads.front());
    file_parts_->ranges = std::move(parts);
  } else if (const auto size = static_cast<std::size_t>(first.size());
             size <= kSmallFile && read_file_part(file.descriptor, file_at_, size, reply_body_)) {
    to_client_.push(reply_body_);
    file_at_ = file_end_;
  }
  file_ = std::move(file.descriptor);
  response_started_ = true;
  become(State::kSendReply);
  return Step::kContinue;
}

/// nginx finds that no range fits when the head for 200 has its added lines already: these stay in
/// that of the error (1.22.1, ngx_http_range_header_filter is behind ngx_http_headers_filter).
void Exchange::keep_head_of_refused_range(const StaticResponse& response) {
  request_.status = 200;
  ResponseFields fields;
  fields.content_type = media_type(*request_.location, request_.uri);
  head_text_.clear();
  append_response_start(request_, fields, head_text_);
  const std::size_t start = head_text_.size() - 2;  // with the end of the line above
  if (!response.etag.empty()) append_header_line("ETag", response.etag, head_text_);
  append_response_end(request_, 200, sent_headers_, head_text_);
  const std::string_view text = request_.arena.copy(std::string_view(head_text_).substr(start));
  split_head(text, sent_headers_);
  kept_headers_.insert(kept_headers_.end(), sent_headers_.begin(), sent_headers_.end());
  kept_headers_.push_back({"Content-Range", response.content_range});
}

Exchange::Step Exchange::send_reply() {
  while (true) {
    const IoResult result = to_client_.flush(client_->stream, sent_);
    if (result.status == IoStatus::kWouldBlock)
      return wait_for_client(request_.location->send_timeout_ms);
    if (result.status != IoStatus::kOk) {
      request_.keepalive = false;
      log_request();
      return close_client();
    }
    if (!file_) break;
    if (file_at_ >= file_end_) {
      if (!begin_next_part()) break;
      continue;
    }
    const Step step = send_file_part();
    if (step != Step::kContinue) return step;
  }
  file_.reset();
  file_parts_.reset();
  return finish();
}

/// What stands before the next of several parts of a file, or after the last. False: it is all
/// sent.
bool Exchange::begin_next_part() {
  if (!file_parts_ || file_parts_->at == file_parts_->ranges.size()) return false;
  if (++file_parts_->at == file_parts_->ranges.size()) {
    to_client_.push(file_parts_->body.end);
    return true;
  }
  to_client_.push(file_parts_->body.heads[file_parts_->at]);
  file_at_ = file_parts_->ranges[file_parts_->at].begin;
  file_end_ = file_parts_->ranges[file_parts_->at].end;
  return true;
}

Exchange::Step Exchange::send_file_part() {
  const std::int64_t part = std::min<std::int64_t>(file_end_ - file_at_, 2 << 20);
  const IoResult result =
      client_->stream.send_file(file_.get(), file_at_, static_cast<std::size_t>(part));
  if (result.status == IoStatus::kOk) {
    sent_ += result.size;
    file_at_ += static_cast<std::int64_t>(result.size);
    if (client_->stream.writable()) return Step::kContinue;
  }
  if (result.status != IoStatus::kError) return wait_for_client(request_.location->send_timeout_ms);
  log_request();
  return close_client();
}

}  // namespace poolproof::runtime
