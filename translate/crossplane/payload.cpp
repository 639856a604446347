// Files are read breadth-first: what a file includes gets the next numbers.
#include "translate/crossplane/payload.h"

#include <nlohmann/json.hpp>

#include "translate/crossplane/combine.h"
#include "translate/crossplane/file_statements.h"

namespace poolproof::translate::crossplane {
namespace {

using nlohmann::ordered_json;

ordered_json line_of(const FoundError& error) {
  return error.line ? ordered_json(*error.line) : ordered_json(nullptr);
}

std::string_view status(bool has_errors) {
  return has_errors ? "failed" : "ok";
}

ordered_json file_entry(const std::string& path, FileStatements found) {
  ordered_json errors = ordered_json::array();
  for (const FoundError& error : found.errors) {
    errors.push_back(ordered_json{{"error", error.error}, {"line", line_of(error)}});
  }
  ordered_json entry;
  entry["file"] = path;
  entry["status"] = status(!errors.empty());
  entry["errors"] = std::move(errors);
  entry["parsed"] = std::move(found.parsed);
  return entry;
}

class PayloadMaker {
 public:
  PayloadMaker(const BoundConfig& config, const PayloadOptions& options)
      : config_(config), options_(options), places_(config) {}

  ordered_json make() {
    numbers_.number({config_.main_path(), config_.root().file(), {}});
    for (std::size_t i = 0; i < numbers_.size(); ++i) read(numbers_.file(i));
    if (options_.layout == Layout::kCombined) combine_all();
    ordered_json config = ordered_json::array();
    for (std::size_t i = 0; i < files_.size(); ++i) {
      config.push_back(file_entry(numbers_.file(i).path, std::move(files_[i])));
    }
    ordered_json made;
    made["status"] = status(!errors_.empty());
    made["errors"] = std::move(errors_);
    made["config"] = std::move(config);
    return made;
  }

 private:
  void read(const IncludedFile& file) {
    if (file.file == FileId::kNone) {
      FileStatements unread;
      unread.errors.push_back({cannot_open(file.path, file.error), std::nullopt});
      files_.push_back(std::move(unread));
    } else {
      files_.push_back(read_statements(config_, options_, places_, file, numbers_));
    }
    for (const FoundError& error : files_.back().errors) add_error(file.path, error);
  }

  void combine_all() {
    FileStatements all;
    for (const FileStatements& file : files_) {
      all.errors.insert(all.errors.end(), file.errors.begin(), file.errors.end());
    }
    const std::size_t before = all.errors.size();
    all.parsed = combine(files_, all.errors);
    for (std::size_t i = before; i < all.errors.size(); ++i) {
      add_error(config_.main_path(), all.errors[i]);
    }
    files_.clear();
    files_.push_back(std::move(all));
  }

  void add_error(const std::string& path, const FoundError& error) {
    errors_.push_back(
        ordered_json{{"file", path}, {"error", error.error}, {"line", line_of(error)}});
  }

  const BoundConfig& config_;
  const PayloadOptions& options_;
  Places places_;
  FileNumbers numbers_;
  std::vector<FileStatements> files_;
  ordered_json errors_ = ordered_json::array();
};

}  // namespace

ordered_json payload(const BoundConfig& config, const PayloadOptions& options) {
  return PayloadMaker(config, options).make();
}

ordered_json unreadable_payload(const std::string& main_path, const std::string& why) {
  FileStatements unread;
  const FoundError error{cannot_open(main_path, why), std::nullopt};
  unread.errors.push_back(error);
  ordered_json made;
  made["status"] = status(true);
  made["errors"] = ordered_json::array(
      {ordered_json{{"file", main_path}, {"error", error.error}, {"line", nullptr}}});
  made["config"] = ordered_json::array({file_entry(main_path, std::move(unread))});
  return made;
}

}  // namespace poolproof::translate::crossplane
