// Parts of the PDF reader, for its .cc files only, which include this before any header of qpdf. All of these throw what qpdf throws; document.cc catches it.
#pragma once

#define POINTERHOLDER_TRANSITION 4  // only std::shared_ptr, which qpdf asks for without this

#include <cstddef>
#include <qpdf/QPDFObjectHandle.hh>
#include <stdexcept>
#include <string>

namespace keywake::pdf {

/// How many bytes decoders of streams may still put out on this thread; past it they throw.
void set_budget(std::size_t bytes);
/// Of how many objects, at most, they may do so: separators are counted. A parsed object takes some 300 bytes of memory, an empty array two of a file.
void set_objects(std::size_t count);
struct TooManyObjects : std::runtime_error {
  TooManyObjects() : std::runtime_error("too many objects") {}
};
/// Takes those of `bytes` off; throws TooManyObjects.
void charge_objects(const unsigned char* bytes, std::size_t size);
/// Puts decoders with that budget in the place of qpdf's own, once per process.
void install_filters();

/// The text of a page's content, in UTF-8.
std::string page_text(QPDFObjectHandle page);

}  // namespace keywake::pdf
