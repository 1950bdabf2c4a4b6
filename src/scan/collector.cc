#include "scan/collector.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "matching/judge.h"
#include "matching/published.h"
#include "model/fingerprint.h"
#include "model/sighting.h"

namespace keywake::scan {
namespace {

bool before(const model::Sighting& a, const model::Sighting& b) {
  static const model::GitPlace kNone;
  auto key = [](const model::Sighting& s) {
    const model::GitPlace& git = s.git ? *s.git : kNone;
    static const model::ImagePlace kNoImage;
    const model::ImagePlace& image = s.image ? *s.image : kNoImage;
    bool gone = s.image ? image.deleted_in != 0 : s.git && !git.at_tip && !git.staged;  // a file on disk is as present as a tip
    return std::tuple(gone, std::string_view(s.target), std::string_view(s.path), image.layer_index, std::string_view(image.layer),
                      std::string_view(image.name), std::string_view(image.digest), std::string_view(image.platform), git.date,
                      std::string_view(git.commit), std::string_view(git.blob), s.line, s.column,
                      s.end_line, s.end_column, std::string_view(s.decoded));
  };
  return key(a) < key(b);
}

// Where several patterns found one secret at one place, the surest of them speaks for it.
bool surer_first(const model::Sighting& a, const model::Sighting& b) {
  if (before(a, b)) return true;
  if (before(b, a)) return false;
  return std::tuple(a.confidence, a.by_bytes) > std::tuple(b.confidence, b.by_bytes);
}

bool same(const model::Sighting& a, const model::Sighting& b) { return !before(a, b) && !before(b, a); }

// Which pattern speaks for a secret that several claim: a specific one before a generic, the graver, then by id.
bool speaks_before(const model::Pattern& a, const model::Pattern& b) {
  return std::tuple(a.generic, -static_cast<int>(a.risk), a.id) <
         std::tuple(b.generic, -static_cast<int>(b.risk), b.id);
}

void merge_parts(std::vector<model::Part>& into, const std::vector<model::Part>& parts) {
  for (const model::Part& part : parts) {
    if (std::find(into.begin(), into.end(), part) == into.end()) into.push_back(part);
  }
}

// A changed file of a work tree repeats what the history says of the same place at its tip.
void drop_repeated_by_work_tree(std::vector<model::Sighting>& sightings) {
  auto place = [](const model::Sighting& s) {
    return std::tuple(std::string_view(s.target), std::string_view(s.path), s.line, s.column, s.confidence);
  };
  std::set<decltype(place(sightings.front()))> committed;
  for (const model::Sighting& sighting : sightings) {
    if (sighting.git && (sighting.git->at_tip || sighting.git->staged)) committed.insert(place(sighting));
  }
  if (committed.empty()) return;
  std::vector<model::Sighting> kept;
  for (const model::Sighting& sighting : sightings) {
    if (sighting.git || !committed.contains(place(sighting))) kept.push_back(sighting);
  }
  sightings = std::move(kept);
}

}  // namespace

// By its place. Returns why it is noise; empty: it is none.
std::string Collector::judge(Seen& seen) const {
  const matching::Value& value = values_[seen.value];
  const std::string path = seen.judged_as.empty() ? seen.folder + seen.sighting.path : seen.judged_as;
  const matching::Place place{path, seen.line, value.secret.reveal()};
  // Somebody's published example is that in every place.
  const matching::Judgement judgement =
      matching::is_published(value.parts) ? matching::Judgement{value.confidence, {}} : matching::judge(*value.pattern, value.confidence, place);
  seen.sighting.by_bytes = value.confidence;
  seen.sighting.confidence = judgement.confidence;
  seen.sighting.judged_by = judgement.place;
  return std::string(matching::noise_reason(*value.pattern, place));
}

bool Collector::would_keep(const Seen& seen) const {
  Seen copy = seen;
  return explain_ || (values_[seen.value].rejected.empty() && judge(copy).empty());
}

void Collector::add(Seen seen) {
  const matching::Value& value = values_[seen.value];
  seen.sighting.decoded = value.decoded;
  std::string reason = value.rejected;
  bool noise = false;
  if (reason.empty()) {
    reason = judge(seen);
    noise = !reason.empty();
  }
  const auto verdict = reason.empty() && suppress_ ? verdict_on(seen, value) : std::nullopt;
  std::lock_guard lock(mutex_);
  noise_ += noise;
  if (reason.empty()) {
    seen.line.clear();
    const bool left_out = verdict && !verdict->own;
    if (!left_out && suppress_ && seen.allow && seen.allow->fits(value.pattern->id) && seen.allow->reason.empty()) complain_of_allow(seen);
    if (verdict && verdict->own) disallowed_.push_back({seen, verdict->by});
    if (left_out) {
      allowed_.push_back({std::move(seen), verdict->by});
    } else {
      seen_.push_back(std::move(seen));
    }
  } else if (explain_) {
    rejections_.emplace_back(std::move(seen.sighting), model::Rejection{value.pattern, {}, std::move(reason)});
  }
}

// What history alone has cannot be mended any more, and is reported like anything else.
void Collector::complain_of_allow(const Seen& seen) {
  if (!model::is_current(seen.sighting)) return;
  const std::string target = seen.sighting.target.empty() ? "" : seen.sighting.target + ": ";
  skips_.push_back({target + seen.sighting.path + ":" + std::to_string(seen.allow->line), "keywake:allow without a reason; write keywake:allow PATTERN REASON", true});
}

std::optional<Suppression::Verdict> Collector::verdict_on(const Seen& seen, const matching::Value& value) const {
  const auto found = suppressions_.find(seen.sighting.target);
  return (found == suppressions_.end() ? for_all_ : found->second)->judge(seen, value);
}

void Collector::use(const std::string& target, std::shared_ptr<const Suppression> suppression) {
  for (const policy::Note& note : suppression->notes()) skip({target + ": " + note.what, note.reason, note.failed});
  std::lock_guard lock(mutex_);
  suppressions_[target] = std::move(suppression);
}

void Collector::use_for_all(std::shared_ptr<const Suppression> suppression) { for_all_ = std::move(suppression); }

void Collector::skip(model::Skip skip) {
  std::lock_guard lock(mutex_);
  skips_.push_back(std::move(skip));
}

void Collector::add(model::People people) {
  std::lock_guard lock(mutex_);
  people_.push_back(std::move(people));
}

std::optional<std::map<std::string, std::int64_t>> Collector::files_of_today(const std::string& target) {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::int64_t> out;
  bool any = false;
  for (const Seen& seen : seen_) {
    const model::Sighting& sighting = seen.sighting;
    if (sighting.target != target) continue;
    any = true;
    if (!sighting.git || !sighting.git->at_tip || model::is_pseudo_path(sighting.path)) continue;
    const auto [known, added] = out.emplace(model::outer_file(sighting.path), sighting.git->date);
    known->second = std::min(known->second, sighting.git->date);
  }
  return any ? std::optional(std::move(out)) : std::nullopt;
}

// Places, each once however many ways led there.
void Collector::count_allowed(model::ScanResult& result) {
  struct Group {
    const model::Pattern* pattern = nullptr;
    std::vector<model::Sighting> sightings;
  };
  if (explain_) {
    for (const Allowed& each : allowed_) {
      const matching::Value& value = values_[each.seen.value];
      result.left_out.push_back({each.seen.sighting, value.pattern, value.secret, each.by});
    }
  }
  const auto grouped = [&](std::vector<Allowed>& all) {
    std::map<std::pair<std::string_view, std::string>, Group> groups;  // by secret, and what leaves it out
    for (Allowed& each : all) {
      const matching::Value& value = values_[each.seen.value];
      Group& group = groups[{value.secret.reveal(), each.by}];
      if (group.pattern == nullptr || speaks_before(*value.pattern, *group.pattern)) group.pattern = value.pattern;
      group.sightings.push_back(std::move(each.seen.sighting));
    }
    for (auto& [key, group] : groups) {
      std::sort(group.sightings.begin(), group.sightings.end(), surer_first);
      group.sightings.erase(std::unique(group.sightings.begin(), group.sightings.end(), same), group.sightings.end());
      drop_repeated_by_work_tree(group.sightings);
    }
    return groups;
  };
  for (auto& [key, group] : grouped(allowed_)) {
    result.summary.suppressed[key.second] += group.sightings.size();
    result.held_back.emplace_back(key.first);
    result.suppressed.push_back({group.pattern, Secret(key.first), key.second});
  }
  for (auto& [key, group] : grouped(disallowed_)) result.summary.not_suppressed += group.sightings.size();
}

model::ScanResult Collector::finish() {
  model::ScanResult result;
  result.people = std::move(people_);
  std::map<std::string_view, model::Credential> by_secret;  // views into the value table
  result.rejections = std::move(rejections_);
  for (Seen& seen : seen_) {
    const matching::Value& value = values_[seen.value];
    auto [it, added] = by_secret.try_emplace(value.secret.reveal());
    model::Credential& credential = it->second;
    if (added) {
      credential.pattern = value.pattern;
      credential.secret = value.secret;
      credential.fingerprint = model::fingerprint(value.secret);
    } else if (speaks_before(*value.pattern, *credential.pattern)) {
      credential.pattern = value.pattern;
    }
    merge_parts(credential.parts, value.parts);
    credential.sightings.push_back(std::move(seen.sighting));
  }
  for (auto& [secret, credential] : by_secret) {
    auto& sightings = credential.sightings;
    std::sort(credential.parts.begin(), credential.parts.end());
    std::sort(sightings.begin(), sightings.end(), surer_first);
    sightings.erase(std::unique(sightings.begin(), sightings.end(), same), sightings.end());
    drop_repeated_by_work_tree(sightings);
    credential.attribution.risk = credential.pattern->risk;
    credential.confidence = model::Confidence::kLow;
    for (const model::Sighting& sighting : sightings) {
      credential.confidence = std::max(credential.confidence, sighting.confidence);
    }
    if (credential.confidence >= min_confidence_) {
      result.credentials.push_back(std::move(credential));
    } else {
      ++result.summary.held_back[static_cast<std::size_t>(credential.confidence)];
      result.held_back.push_back(std::move(credential.secret));
    }
  }
  count_allowed(result);
  std::sort(result.credentials.begin(), result.credentials.end(),
            [](const model::Credential& a, const model::Credential& b) {
              auto key = [](const model::Credential& c) {
                return std::tuple(-static_cast<int>(c.pattern->risk), -static_cast<int>(c.confidence), c.pattern->id,
                                  std::string_view(c.fingerprint));
              };
              return key(a) < key(b);
            });
  std::sort(result.rejections.begin(), result.rejections.end(), [](const auto& a, const auto& b) {
    if (before(a.first, b.first)) return true;
    if (before(b.first, a.first)) return false;
    return std::tie(a.second.pattern->id, a.second.reason) < std::tie(b.second.pattern->id, b.second.reason);
  });
  result.rejections.erase(std::unique(result.rejections.begin(), result.rejections.end(),
                                      [](const auto& a, const auto& b) {
                                        return same(a.first, b.first) && a.second.pattern == b.second.pattern &&
                                               a.second.reason == b.second.reason;
                                      }),
                          result.rejections.end());

  std::sort(skips_.begin(), skips_.end(), [](const model::Skip& a, const model::Skip& b) {
    return std::tie(a.reason, a.what) < std::tie(b.reason, b.what);
  });
  result.summary.skips = std::move(skips_);
  result.summary.files = files;
  result.summary.blobs = blobs;
  result.summary.commits = commits;
  result.summary.stores = stores;
  result.summary.variables = variables;
  result.summary.logs = logs;
  result.summary.artifacts = artifacts;
  result.summary.job_days = job_days;
  result.summary.layers = layers;
  result.summary.known_layers = known_layers;
  result.summary.bytes = bytes;
  result.summary.bytes_matched = bytes_matched;
  result.summary.rejected = noise_;
  for (std::uint32_t i = 0; i < values_.size(); ++i) result.summary.rejected += !values_[i].rejected.empty();
  return result;
}

}  // namespace keywake::scan
