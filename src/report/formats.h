// One function per format; report.cc calls them. Each is in the file that bears its name.
#pragma once

#include <ostream>

#include "report/view.h"

namespace keywake::report {

void write_text(const View& view, std::ostream& out);
void write_json(const View& view, std::ostream& out);
void write_jsonl(const View& view, std::ostream& out);
void write_sarif(const View& view, std::ostream& out);
void write_gitlab(const View& view, std::ostream& out);
void write_github(const View& view, std::ostream& out);
void write_csv(const View& view, std::ostream& out);
void write_markdown(const View& view, std::ostream& out);

}  // namespace keywake::report
