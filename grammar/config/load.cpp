// Entry points: a configuration from a file, from bytes, or from a dump of `nginx -T`.
#include "grammar/config/binder.h"
#include "grammar/config/dump.h"

namespace poolproof {

Result<std::unique_ptr<BoundConfig>> load_config(FileReader& reader, const std::string& main_path,
                                                 LoadOptions options) {
  const std::string path = reader.tidied(main_path);
  auto bytes = reader.read(path);
  if (!bytes) return bytes.error();
  return Binder(reader, std::move(options)).bind(path, std::move(bytes).value());
}

std::unique_ptr<BoundConfig> load_config_text(FileReader& reader, std::string shown_as,
                                              std::string bytes, LoadOptions options) {
  auto dump = split_dump(bytes);
  if (!dump) return Binder(reader, std::move(options)).bind(std::move(shown_as), std::move(bytes));
  MemoryFileReader files;
  for (std::size_t i = 1; i < dump->size(); ++i) files.add((*dump)[i].first, (*dump)[i].second);
  options.path_map.clear();
  options.folders_are_known = false;
  return Binder(files, std::move(options)).bind(dump->front().first, dump->front().second);
}

}  // namespace poolproof
