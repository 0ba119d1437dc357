// Runs a fuzz target over files and folders of them, for compilers without libFuzzer: `replay seeds/`. Behind
// `--scripts` only those of their files that end in .sql.
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::size_t replay(const std::filesystem::path& path, bool only_scripts) {
  if (std::filesystem::is_directory(path)) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path))
      if (!only_scripts || entry.is_directory() || entry.path().extension() == ".sql")
        count += replay(entry.path(), only_scripts);
    return count;
  }
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  bool only_scripts = false;
  for (int i = 1; i < argc; ++i)
    if (std::string_view{argv[i]} == "--scripts")
      only_scripts = true;
    else
      count += replay(argv[i], only_scripts);
  std::cout << count << " files\n";
  return count == 0 ? 1 : 0;
}
