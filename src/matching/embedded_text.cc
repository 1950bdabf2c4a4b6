#include "matching/embedded_text.h"

extern "C" {
extern const char keywake_text_published[];
extern const char keywake_text_published_end[];
extern const char keywake_text_canaries[];
extern const char keywake_text_canaries_end[];
}

namespace keywake::matching {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view published_text() {
  return between(keywake_text_published, keywake_text_published_end);
}
std::string_view canaries_text() {
  return between(keywake_text_canaries, keywake_text_canaries_end);
}

}  // namespace keywake::matching
