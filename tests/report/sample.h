// Results for the report tests, built in code. Secrets are made from a seed when a test runs, so
// none is stored anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/finding.h"
#include "report/report.h"

namespace keywake::report {

/// A deterministic secret: `prefix` and `length` letters and digits after it.
Secret seeded_secret(std::string_view prefix, std::size_t length, std::uint32_t seed);

/// A deterministic object id.
std::string seeded_oid(std::uint32_t seed);

/// Many kinds of places, hostile names, secrets in prose and paths, skips, rejections.
model::ScanResult rich_result();
/// A clean scan of one repository.
model::ScanResult empty_result();

/// Fixed times and version, so that output is the same in every run.
Options sample_options();

/// The whole report as a string.
std::string written(Format format, const model::ScanResult& result, const Options& options);

}  // namespace keywake::report
