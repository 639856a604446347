// The files of a payload: their numbers, where their statements stand, and what cannot be opened.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "grammar/config/bound_config.h"

namespace poolproof::translate::crossplane {

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

/// What Python says where a file cannot be opened: "[Errno 2] No such file or directory: 'PATH'".
std::string cannot_open(const std::string& path, const std::string& why);

}  // namespace poolproof::translate::crossplane
