// How the forest is walked.
//
// Each worker keeps a stack of tasks "build this object on that base". It takes the top one, builds it, shows it to the visitor and pushes
// its children, heaviest at the bottom. So light subtrees are finished first, and when the heaviest child is taken, nothing else needs
// the base, which goes back to the pool as soon as the child is built:
//
//        A            stack after A:  [C(A) B(A)]      B is light: built, A still held
//       / \           stack after B:  [C(A)]
//      B   C          C is built, A is released, then C's own children follow
//
// Going down into a light child at most halves the subtree, hence log2(n) live bases. A worker that runs dry waits at the shared queue;
// whoever is busy sees that and gives away the bottom half of its stack, which holds the heaviest work. One base
// with 50,000 descendants thus spreads over all threads.
#include "git/walk.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "git/buffer_pool.h"
#include "git/delta.h"

namespace keywake::git {
namespace {

constexpr std::string_view kDamaged = "damaged";
constexpr std::string_view kTooLarge = "larger than --max-file-size";
constexpr std::string_view kNoBase = "its delta base is missing, or its deltas form a loop";

// A built object that others are still to be built on. Shared between workers by tasks.
struct Base {
  std::atomic<std::uint32_t> references{0};
  ObjectId id = kNoObject;
  ObjectType type = ObjectType::kNone;
  Buffer buffer;  // empty: dropped for want of memory, to be rebuilt
  std::size_t size = 0;
  std::unique_ptr<Annotation> annotation;
  [[nodiscard]] std::string_view bytes() const { return {buffer.data.get(), size}; }
  [[nodiscard]] bool dropped() const { return buffer.data == nullptr && size > 0; }
};

struct Task {
  ObjectId id = kNoObject;
  Base* base = nullptr;  // null: a root
};

class Walk {
 public:
  Walk(const ObjectStore& store, const std::vector<ObjectId>& roots, Visitor& visitor,
       const WalkOptions& options, Problems& problems)
      : store_(store), roots_(roots), visitor_(visitor), options_(options), problems_(problems) {
    options_.max_object = std::min<std::uint64_t>(options_.max_object, limits::kMaxBlob);
  }

  WalkTotals run();

 private:
  friend class Worker;
  const ObjectStore& store_;
  const std::vector<ObjectId>& roots_;
  Visitor& visitor_;
  WalkOptions options_;
  Problems& problems_;

  std::atomic<std::size_t> next_root_{0};
  std::atomic<std::uint64_t> held_{0};      // bytes of all live bases
  std::atomic<unsigned> hungry_{0};         // workers waiting at the queue
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;
  unsigned working_ = 0;
  bool finished_ = false;
  std::exception_ptr failure_;
  WalkTotals totals_;
};

class Worker {
 public:
  Worker(Walk& walk, unsigned number)
      : walk_(walk), store_(walk.store_), number_(number), reader_(walk.store_, walk.options_.max_object) {}
  void run();

 private:
  static constexpr std::size_t kRootBatch = 64;
  static constexpr std::uint64_t kReleaseAfter = std::uint64_t{32} << 20;  // bytes of packs read by one worker
  static constexpr std::size_t kLargeDelta = std::size_t{4} << 20;  // its buffer is not kept

  void work();
  bool refill();
  bool wait_for_work();
  void drain();
  void share();
  void visit(Task task);
  void visit_root(ObjectId id);
  void visit_delta(Task task);
  void visit_read(ObjectId id, std::string_view damage);
  void visit_damaged(ObjectId id, std::string_view damage);
  [[nodiscard]] std::string_view why_unsound(ObjectId id) const;
  void finish(ObjectId id, ObjectType type, Buffer buffer, std::size_t size,
              std::unique_ptr<Annotation> annotation);
  void drop_subtree(ObjectId id, std::string_view reason, bool failed);
  std::string_view base_bytes(const Base& base);
  void release(Base* base);
  // The entry's stream, header.size bytes; empty if damaged.
  bool inflate(const ObjectStore::Place& place, const EntryHeader& header, Buffer& out);

  Walk& walk_;
  const ObjectStore& store_;
  unsigned number_;
  ObjectReader reader_;
  Inflater inflater_;
  BufferPool pool_;
  std::vector<Task> stack_;
  Buffer delta_;
  CopyMap map_;
  std::string rebuilt_;  // bytes of a dropped base, kept for its siblings
  ObjectId rebuilt_id_ = kNoObject;
  std::uint64_t pack_bytes_ = 0;  // read since pages were released
  WalkTotals totals_;
  WalkTotals reported_;
};

WalkTotals Walk::run() {
  // Threads of its own, not tasks of a pool: workers wait for one another.
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < options_.threads; ++i) {
      others.emplace_back([this, i] { Worker(*this, i).run(); });
    }
    Worker(*this, 0).run();
  }
  if (failure_) std::rethrow_exception(failure_);
  return totals_;
}

// An exception (memory, a visitor's own) ends the walk; those who wait for work must hear of it.
void Worker::run() {
  try {
    work();
  } catch (...) {
    std::lock_guard lock(walk_.mutex_);
    walk_.queue_.clear();
    walk_.finished_ = true;
    walk_.failure_ = std::current_exception();
    walk_.wake_.notify_all();
  }
}

void Worker::work() {
  {
    std::lock_guard lock(walk_.mutex_);
    ++walk_.working_;
  }
  while (refill()) drain();
  while (wait_for_work()) drain();
  std::lock_guard lock(walk_.mutex_);
  walk_.totals_.objects += totals_.objects;
  walk_.totals_.bytes += totals_.bytes;
}

// Next batch of roots, in pack order so that the pack is read front to back.
bool Worker::refill() {
  std::size_t begin = walk_.next_root_.fetch_add(kRootBatch, std::memory_order_relaxed);
  std::size_t end = std::min(begin + kRootBatch, walk_.roots_.size());
  for (std::size_t i = end; i > begin; --i) stack_.push_back({walk_.roots_[i - 1], nullptr});
  if (walk_.options_.objects_done != nullptr) {
    walk_.options_.objects_done->fetch_add(totals_.objects - reported_.objects);
    walk_.options_.bytes_done->fetch_add(totals_.bytes - reported_.bytes);
    reported_ = totals_;
  }
  return begin < end;
}

// True with a task on the stack; false when all workers have run dry and the walk is over.
bool Worker::wait_for_work() {
  std::unique_lock lock(walk_.mutex_);
  --walk_.working_;
  walk_.hungry_.fetch_add(1);
  walk_.wake_.wait(lock, [&] {
    return !walk_.queue_.empty() || walk_.finished_ || walk_.working_ == 0;
  });
  walk_.hungry_.fetch_sub(1);
  if (walk_.queue_.empty()) {
    walk_.finished_ = true;
    walk_.wake_.notify_all();
    return false;
  }
  stack_.push_back(walk_.queue_.front());
  walk_.queue_.pop_front();
  ++walk_.working_;
  return true;
}

void Worker::drain() {
  while (!stack_.empty()) {
    if (walk_.hungry_.load(std::memory_order_relaxed) > 0 && stack_.size() > 1) share();
    Task task = stack_.back();
    stack_.pop_back();
    visit(task);
  }
}

// Gives the bottom half of the stack, the heaviest subtrees, to those who wait.
void Worker::share() {
  std::lock_guard lock(walk_.mutex_);
  if (walk_.queue_.size() >= walk_.hungry_.load()) return;
  std::size_t count = stack_.size() / 2;
  for (std::size_t i = 0; i < count; ++i) walk_.queue_.push_back(stack_[i]);
  stack_.erase(stack_.begin(), stack_.begin() + static_cast<std::ptrdiff_t>(count));
  walk_.wake_.notify_all();
}

void Worker::visit(Task task) {
  if (task.base != nullptr) {
    visit_delta(task);
  } else if (!store_.sound(task.id)) {
    visit_damaged(task.id, why_unsound(task.id));
  } else if (store_.loose(task.id) || store_.base(task.id) != kNoObject || !walk_.visitor_.wants(store_.type(task.id))) {
    visit_read(task.id, {});
  } else {
    visit_root(task.id);
  }
}

bool Worker::inflate(const ObjectStore::Place& place, const EntryHeader& header, Buffer& out) {
  std::uint64_t begin = place.offset + header.length;
  if (place.end < begin || !Inflater::could_hold(place.end - begin, header.size)) return false;
  if (out.capacity < header.size || out.data == nullptr) out = pool_.take(header.size);
  pack_bytes_ += place.end - begin;
  if (pack_bytes_ > kReleaseAfter) {
    place.pack->release_pages();
    pack_bytes_ = 0;
  }
  return inflater_
      .inflate(place.pack->bytes().substr(begin, place.end - begin), out.data.get(), header.size)
      .has_value();
}

void Worker::visit_root(ObjectId id) {
  ObjectStore::Place place = store_.place(id);
  auto header = place.pack->header(place.offset);
  if (!header) return visit_damaged(id, kDamaged);
  if (header->size > walk_.options_.max_object) return drop_subtree(id, kTooLarge, false);
  Buffer buffer;
  if (!inflate(place, *header, buffer)) {
    pool_.give_back(std::move(buffer));
    return visit_damaged(id, kDamaged);
  }
  auto annotation = walk_.visitor_.whole(number_, id, header->type, {buffer.data.get(), header->size});
  finish(id, header->type, std::move(buffer), header->size, std::move(annotation));
}

// Read from its copies if there are any.
void Worker::visit_damaged(ObjectId id, std::string_view damage) {
  if (store_.copies(id).empty()) {
    drop_subtree(id, damage, true);
  } else {
    visit_read(id, damage);
  }
}

std::string_view Worker::why_unsound(ObjectId id) const {
  ObjectStore::Place place = store_.place(id);
  return place.pack->header(place.offset) ? kNoBase : kDamaged;
}

// Read in full by itself: a loose object, a delta to begin at, one that may be of another type than its entry says, or (`damage` says what
// is wrong with it) one to be had from a copy.
void Worker::visit_read(ObjectId id, std::string_view damage) {
  ObjectType type = ObjectType::kNone;
  std::string bytes;
  auto outcome = reader_.read(id, bytes, type);
  if (outcome != ObjectReader::Outcome::kDone) {
    bool damaged = outcome == ObjectReader::Outcome::kDamaged;
    return drop_subtree(id, damaged && !damage.empty() ? damage : ObjectReader::reason(outcome), damaged);
  }
  const bool of_another_type = store_.disputed(id);
  if (!walk_.visitor_.wants(type)) {
    // Asked for by its type, and then of another: an index that lies calls something else by this id, or an entry lies of its type; then
    // the visitor that wants the other gets it.
    if (!damage.empty() && store_.sound(id) && !of_another_type) drop_subtree(id, damage, true);
    return;
  }
  if (!damage.empty() || ((store_.loose(id) || of_another_type) && reader_.used_copy())) {
    walk_.problems_.add(store_.describe(id), "one copy is damaged, another was read", false);
  }
  Buffer buffer = pool_.take(bytes.size());
  std::memcpy(buffer.data.get(), bytes.data(), bytes.size());
  auto annotation = walk_.visitor_.whole(number_, id, type, {buffer.data.get(), bytes.size()});
  finish(id, type, std::move(buffer), bytes.size(), std::move(annotation));
}

std::string_view Worker::base_bytes(const Base& base) {
  if (!base.dropped()) return base.bytes();
  if (rebuilt_id_ != base.id) {
    ObjectType type = ObjectType::kNone;
    rebuilt_id_ = base.id;
    if (reader_.read(base.id, rebuilt_, type) != ObjectReader::Outcome::kDone) rebuilt_.clear();
  }
  return rebuilt_;
}

void Worker::visit_delta(Task task) {
  ObjectStore::Place place = store_.place(task.id);
  auto header = place.pack->header(place.offset);
  bool too_large = header && header->size > walk_.options_.max_object;
  if (header && !too_large) {
    if (inflate(place, *header, delta_)) {
      std::string_view delta(delta_.data.get(), header->size);
      auto sizes = delta_sizes(delta);
      too_large = sizes && sizes->result > walk_.options_.max_object;
      if (sizes && !too_large && sizes->base == task.base->size) {
        Buffer buffer = pool_.take(sizes->result);
        if (apply_delta(delta, *sizes, base_bytes(*task.base), buffer.data.get(), &map_)) {
          ObjectType type = task.base->type;
          auto annotation = walk_.visitor_.delta(number_, task.id, type,
                                                 {buffer.data.get(), sizes->result}, map_,
                                                 task.base->annotation.get());
          release(task.base);
          if (delta_.capacity > kLargeDelta) delta_ = {};
          return finish(task.id, type, std::move(buffer), sizes->result, std::move(annotation));
        }
        pool_.give_back(std::move(buffer));
      }
    }
  }
  release(task.base);
  if (delta_.capacity > kLargeDelta) delta_ = {};
  too_large ? drop_subtree(task.id, kTooLarge, false) : visit_damaged(task.id, kDamaged);
}

void Worker::finish(ObjectId id, ObjectType type, Buffer buffer, std::size_t size,
                    std::unique_ptr<Annotation> annotation) {
  ++totals_.objects;
  totals_.bytes += size;
  std::uint32_t children = 0;
  for (ObjectId c = store_.first_child(id); c != kNoObject; c = store_.next_sibling(c)) ++children;
  if (children == 0) return pool_.give_back(std::move(buffer));

  auto* base = new Base;
  base->references = children;
  base->id = id;
  base->type = type;
  base->size = size;
  base->annotation = std::move(annotation);
  if (walk_.held_.load(std::memory_order_relaxed) + buffer.capacity > walk_.options_.memory &&
      children + stack_.size() > 1) {
    pool_.give_back(std::move(buffer));  // dropped: each child rebuilds it
  } else {
    walk_.held_.fetch_add(buffer.capacity, std::memory_order_relaxed);
    base->buffer = std::move(buffer);
  }
  // The list runs from light to heavy; the top of the stack is taken first.
  std::size_t first = stack_.size();
  for (ObjectId c = store_.first_child(id); c != kNoObject; c = store_.next_sibling(c)) {
    stack_.push_back({c, base});
  }
  std::reverse(stack_.begin() + static_cast<std::ptrdiff_t>(first), stack_.end());
}

void Worker::release(Base* base) {
  if (base->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  walk_.held_.fetch_sub(base->buffer.capacity, std::memory_order_relaxed);
  pool_.give_back(std::move(base->buffer));
  delete base;
}

// An object that cannot be had, and all that is built on it, but for what stands elsewhere too.
void Worker::drop_subtree(ObjectId id, std::string_view reason, bool failed) {
  if (!store_.duplicate(id)) {
    walk_.problems_.add(store_.describe(id), std::string(reason), failed);
  }
  const char* below_reason = failed ? "built on an object that is damaged or missing"
                                    : "built on an object larger than --max-file-size";
  std::vector<ObjectId> below;
  for (ObjectId c = store_.first_child(id); c != kNoObject; c = store_.next_sibling(c)) below.push_back(c);
  for (std::size_t i = 0; i < below.size(); ++i) {
    if (failed && !store_.copies(below[i]).empty()) {
      stack_.push_back({below[i], nullptr});
      continue;
    }
    if (!store_.duplicate(below[i])) walk_.problems_.add(store_.describe(below[i]), below_reason, failed);
    for (ObjectId c = store_.first_child(below[i]); c != kNoObject; c = store_.next_sibling(c)) below.push_back(c);
  }
}

}  // namespace

WalkTotals walk_from(const ObjectStore& store, const std::vector<ObjectId>& roots, Visitor& visitor,
                     const WalkOptions& options, Problems& problems) {
  return Walk(store, roots, visitor, options, problems).run();
}

WalkTotals walk(const ObjectStore& store, Visitor& visitor, const WalkOptions& options, Problems& problems) {
  std::vector<ObjectId> roots;
  for (ObjectId id = 0; id < store.size(); ++id) {
    if (store.base(id) != kNoObject) continue;
    // What is not sound has no type. It may stand elsewhere, else it is named by whichever visitor reads file contents.
    bool wanted = store.loose(id) || visitor.wants(store.type(id)) ||
                  (!store.sound(id) && !store.copies(id).empty());
    if (wanted) roots.push_back(id);
  }
  for (ObjectId id : store.disputed()) {
    // What is built on another disputed object comes with that.
    if (!visitor.wants(store.type(id)) && !store.disputed(store.base(id))) roots.push_back(id);
  }
  return walk_from(store, roots, visitor, options, problems);
}

}  // namespace keywake::git
