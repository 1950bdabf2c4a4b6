// What sinks of a scan have in common: what was left out goes to the collector, what was read is counted.
// Ownership: refers to the context. Thread safety: as sources/sink.h asks.
#pragma once

#include <utility>

#include "scan/context.h"
#include "sources/sink.h"

namespace keywake::scan {

class CountingSink : public sources::Sink {
 public:
  explicit CountingSink(const Context& context) : context_(context) {}
  void skip(model::Skip skip) override { context_.collector.skip(std::move(skip)); }
  void progress(std::uint64_t files, std::uint64_t bytes) override {
    context_.collector.files += files;
    context_.collector.bytes += bytes;
    context_.progress.objects += files;
    context_.progress.bytes += bytes;
  }

 protected:
  const Context& context_;
};

}  // namespace keywake::scan
