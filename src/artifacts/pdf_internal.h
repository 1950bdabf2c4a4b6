// Parts of the PDF reader, for its .cc files only, which include this before any header of qpdf. All of these throw what qpdf throws; unfold_pdf() catches it.
#pragma once

#define POINTERHOLDER_TRANSITION 4  // only std::shared_ptr, which qpdf asks for without this

#include <cstddef>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>

namespace keywake::artifacts {

/// How many bytes decoders of streams may still put out on this thread; past it they throw.
void set_pdf_budget(std::size_t bytes);
/// Puts decoders with that budget in the place of qpdf's own, once per process.
void install_pdf_filters();

/// The text of a page's content, in UTF-8.
std::string pdf_page_text(QPDFObjectHandle page);

}  // namespace keywake::artifacts
