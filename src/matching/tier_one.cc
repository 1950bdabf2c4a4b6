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

Result<TierOne> TierOne::load(std::string_view bytes, std::uint32_t longest) {
  hs_database_t* database = nullptr;
  if (hs_deserialize_database(bytes.data(), bytes.size(), &database) != HS_SUCCESS) {
    return fail(
        "Hyperscan does not take the compiled database: it is damaged, or for another CPU or "
        "version");
  }
  TierOne out;
  out.database_.reset(database);
  out.longest_ = longest;
  return out;
}

HitFinder::HitFinder(const TierOne& tier_one) : tier_one_(&tier_one) {
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(tier_one.database_.get(), &scratch) != HS_SUCCESS) throw std::bad_alloc();
  scratch_.reset(scratch);
}

const std::vector<Hit>& HitFinder::find(std::string_view blob, HitRange range) {
  hits_.clear();
  // Bytes around the range let an expression that ends in it, and a \b at either end of that, be
  // seen whole.
  std::uint32_t context = tier_one_->longest_ + 1;
  std::uint32_t begin = range.after > context ? range.after - context : 0;
  auto end = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(blob.size(), std::uint64_t{range.last} + 1));
  if (begin >= end) return hits_;
  bytes_ += end - begin;
  hs_scan(tier_one_->database_.get(), blob.data() + begin, end - begin, 0, scratch_.get(), on_hit,
          &hits_);
  std::size_t kept = 0;
  for (Hit hit : hits_) {
    hit.end += begin;
    if (hit.end > range.after && hit.end <= range.last) hits_[kept++] = hit;
  }
  hits_.resize(kept);
  // Hyperscan promises no order, and may report one match of a shape twice.
  if (!std::is_sorted(hits_.begin(), hits_.end())) std::sort(hits_.begin(), hits_.end());
  hits_.erase(std::unique(hits_.begin(), hits_.end()), hits_.end());
  return hits_;
}

}  // namespace keywake::matching
