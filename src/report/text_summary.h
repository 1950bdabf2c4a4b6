// The closing part of the text report: what was scanned, what was found, what was left out and why.
#pragma once

#include <ostream>

#include "report/style.h"
#include "report/view.h"

namespace keywake::report {

void write_text_summary(const View& view, const Style& style, std::ostream& out);

}  // namespace keywake::report
