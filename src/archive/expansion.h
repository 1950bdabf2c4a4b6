// Expansion: one outermost archive on its way through archive::expand(): its limits, and the way
// down through its layers.
// Ownership: refers to the limits and the visitor, which must outlive it. Thread safety: one
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/expand.h"
#include "archive/layer.h"

namespace keywake::archive {

/// Bytes of a member (or an archive) that recognise() is given.
inline constexpr std::size_t kHead = 65536;

/// A build artifact up to this size is kept in memory and taken apart; the bytes of a longer one are scanned as they lie.
inline constexpr std::uint64_t kLargestArtifact = 64ull << 20;

/// What is said of a longer one.
std::string artifact_too_large(std::uint64_t limit);

class Expansion {
 public:
  Expansion(const Limits& limits, Visitor& visitor) : limits_(limits), visitor_(visitor) {}
  bool run(Input& input, Kind kind, std::string_view name);
  /// The same of a build artifact, which is in memory; its own bytes go to the visitor as well if they must be scanned.
  void run_artifact(std::string_view bytes, std::string_view name);

 private:
  struct Place {
    std::string prefix;  // of the members' paths: "" or "lib/x.jar!/"
    std::string name;    // the archive's own last component
    unsigned depth = 1;  // archives around the members
    unsigned level = 0;  // layers above: as depth, but with a compressed stream and its tar apart
  };
  struct Open {
    Open(Input& input, Kind kind, const Place& at) : layer(input, kind), place(at) {}
    Layer layer;
    const Place& place;
    std::uint64_t out = 0;
    std::uint64_t members = 0;
    bool complete = true;
    bool abandoned = false;     // by a limit or by an error that was reported
    std::string broken_member;  // its path, until it is clear whether the layer can go on after it
    // The front of the current member: all of it if `ended`. In `kept`, or, when it came in one
    // block, in that.
    std::string_view front;
    bool ended = false;
    std::vector<char> kept;
  };
  class MemberInput;
  class RestInput;

  bool expand(Input& input, Kind kind, const Place& place);
  void enter_rest(Open& open);
  void visit(Open& open);
  void enter(Open& open, const std::string& path, Kind kind);
  bool enter_front(Open& open, const Place& inside, Kind kind);
  void deliver(Open& open, const std::string& path);
  bool fill(Open& open, std::uint64_t limit);
  std::string_view read(Open& open);
  bool charge(Open& open, std::size_t bytes);
  bool charge(const Place& place, std::uint64_t bytes, std::uint64_t out, std::uint64_t in);
  bool count_member();
  void pass_over(Open& open);
  void visit_file(Open& open, const std::string& path);
  void unfold(std::string_view bytes, const Place& place);
  void take_apart(std::string_view bytes, const Place& place, const std::string& own_path);
  void visit_part(const Place& place, const std::string& path, std::string_view bytes);
  void hand_over(const std::string& path, std::string_view bytes);
  void forget_member(Open& open);
  void report_broken_layer(Open& open);
  void leave_out(Open& open, const std::string& path, const std::string& reason,
                 bool failed = false);
  void report(const std::string& path, const std::string& reason, bool failed = false);
  void report_rest();
  void stop(const std::string& reason);
  [[nodiscard]] std::string too_large() const;
  [[nodiscard]] Place inside(const Open& open, const std::string& path, Kind kind) const;

  const Limits& limits_;
  Visitor& visitor_;
  Input* outermost_ = nullptr;
  std::vector<std::uint64_t> level_bytes_;
  std::uint64_t members_ = 0;
  std::uint64_t kept_ = 0;  // bytes held by all layers together
  unsigned behind_ = 0;     // archives before the current one that lie one behind the other
  std::uint64_t reports_ = 0;
  std::string member_path_;  // the last one looked at, for stop()
  bool stopped_ = false;
};

}  // namespace keywake::archive
