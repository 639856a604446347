// The statements of one file as crossplane lists them, from its tokens in one pass.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "grammar/config/bound_config.h"
#include "translate/crossplane/payload.h"

namespace poolproof::translate::crossplane {

struct FoundError {
  std::string error;
  std::optional<std::uint32_t> line;
};

struct FileStatements {
  std::vector<nlohmann::ordered_json> parsed;  // empty after an error that hides where blocks end
  std::vector<FoundError> errors;
};

/// The files in the order in which they are first seen, and their numbers.
class FileNumbers {
 public:
  std::size_t number(const IncludedFile& file);
  std::size_t size() const { return entries_.size(); }
  IncludedFile file(std::size_t number) const { return entries_[number]; }

 private:
  std::vector<IncludedFile> entries_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
};

/// The contexts in which each statement of a file stands, wherever the file is included.
class Places {
 public:
  explicit Places(const BoundConfig& config);
  ContextSet contexts(FileId file, NodeId node) const;

 private:
  std::vector<std::vector<ContextSet>> by_file_;
};

/// `file` must have been read; what it includes gets numbers.
FileStatements read_statements(const BoundConfig& config, const PayloadOptions& options,
                               const Places& places, const IncludedFile& file,
                               FileNumbers& numbers);

/// What Python says where a file cannot be opened: "[Errno 2] No such file or directory: 'PATH'".
std::string cannot_open(const std::string& path, const std::string& why);

}  // namespace poolproof::translate::crossplane
