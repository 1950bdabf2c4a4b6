// What every part of one scan shares. Ownership: refers to things that outlive the scan. Thread safety: as its members.
#pragma once

#include <memory>
#include <string>

#include "archive/expand.h"
#include "matching/engine.h"
#include "scan/collector.h"
#include "scan/pipeline.h"

namespace keywake::scan {

struct Context {
  const Request& request;
  const matching::Engine& engine;
  matching::ValueTable& values;
  Collector& collector;
  Progress& progress;
  unsigned threads;
  archive::Limits archive_limits;
  std::shared_ptr<const policy::Baseline> baseline;  // of --baseline; null: none
};

}  // namespace keywake::scan
