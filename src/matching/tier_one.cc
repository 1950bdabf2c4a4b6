#include "matching/tier_one.h"

#include <hs/hs.h>

#include <algorithm>
#include <new>

namespace keywake::matching {
namespace {

int on_hit(unsigned expression, unsigned long long, unsigned long long end, unsigned, void* hits) {
  static_cast<std::vector<Hit>*>(hits)->push_back({static_cast<std::uint32_t>(end), expression});
  return 0;
}

}  // namespace

void TierOne::Free::operator()(hs_database* database) const {
  hs_free_database(database);
}
void HitFinder::Free::operator()(hs_scratch* scratch) const {
  hs_free_scratch(scratch);
}

Result<TierOne> TierOne::load(std::string_view sequences, std::string_view shapes, std::uint32_t longest) {
  TierOne out;
  Result<SequenceSet> loaded = SequenceSet::load(sequences);
  if (!loaded) return std::unexpected(loaded.error());
  out.sequences_ = *loaded;
  if (shapes.empty()) return out;
  hs_database_t* database = nullptr;
  if (hs_deserialize_database(shapes.data(), shapes.size(), &database) != HS_SUCCESS) {
    return fail(
        "Hyperscan does not take the compiled database: it is damaged, or for another CPU or "
        "version");
  }
  out.shapes_.reset(database);
  out.longest_shape_ = longest;
  return out;
}

HitFinder::HitFinder(const TierOne& tier_one) : tier_one_(&tier_one) {
  if (!tier_one.shapes_) return;
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(tier_one.shapes_.get(), &scratch) != HS_SUCCESS) throw std::bad_alloc();
  scratch_.reset(scratch);
}

const std::vector<Hit>& HitFinder::find(std::string_view blob, HitRange range) {
  hits_.clear();
  if (range.after >= range.last) return hits_;
  bytes_ += range.last - range.after;
  tier_one_->sequences_.find(blob, range, hits_);
  if (scratch_) find_shapes(blob, range);
  // Neither half promises an order, and Hyperscan may report one match of a shape twice.
  if (!std::is_sorted(hits_.begin(), hits_.end())) std::sort(hits_.begin(), hits_.end());
  hits_.erase(std::unique(hits_.begin(), hits_.end()), hits_.end());
  return hits_;
}

void HitFinder::find_shapes(std::string_view blob, HitRange range) {
  // Bytes around the range let a shape that ends in it, and a \b at either end of that, be seen whole.
  const std::uint32_t context = tier_one_->longest_shape_ + 1;
  const std::uint32_t begin = range.after > context ? range.after - context : 0;
  const auto end = static_cast<std::uint32_t>(std::min<std::uint64_t>(blob.size(), std::uint64_t{range.last} + 1));
  const std::size_t known = hits_.size();
  hs_scan(tier_one_->shapes_.get(), blob.data() + begin, end - begin, 0, scratch_.get(), on_hit, &hits_);
  std::size_t kept = known;
  for (std::size_t i = known; i < hits_.size(); ++i) {
    Hit hit = hits_[i];
    hit.end += begin;
    if (hit.end > range.after && hit.end <= range.last) hits_[kept++] = hit;
  }
  hits_.resize(kept);
}

}  // namespace keywake::matching
