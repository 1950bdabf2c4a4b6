// Pieces of files and of logs to a matcher; of a log what its program wrote (scan/log_text.h), with places in the log as it is.
// Internal, since it holds a PieceMatcher. Ownership: refers to what it is given. Thread safety: one thread at a time.
//
// A piece of a log is cleaned with the context around it, so what is left of the context is shorter than of a file's; a value is lost only where
// 40 KiB beside it are nothing but colours.
#pragma once

#include <functional>

#include "scan/counting_sink.h"
#include "scan/log_text.h"
#include "scan/piece_matcher_internal.h"

namespace keywake::scan {

class LogSink : public CountingSink {
 public:
  LogSink(const Context& context, PieceMatcher& matcher, std::function<void(Seen)> found) : CountingSink(context), matcher_(matcher), found_(std::move(found)) {}

  /// Whether what follows is a log. Its bytes are counted here, as its readers see them; those of files by whoever hands them over.
  void set_log(bool log) { log_ = log; }

  void piece(const sources::Piece& piece) override;
  /// A scan of jobs counts the jobs.
  void progress(std::uint64_t files, std::uint64_t bytes) override {
    context_.collector.files += files;
    context_.collector.bytes += bytes;
    context_.progress.bytes += bytes;
  }

 private:
  PieceMatcher& matcher_;
  std::function<void(Seen)> found_;
  bool log_ = false;
  LogText text_;
};

}  // namespace keywake::scan
