// A repository whose packs come from the input: entries of all kinds whose headers, streams, bases and sizes lie now and then, with an index
// that is missing, sound or false; or the input itself as a pack. The store is opened, walked and attributed, and read object by object. Required: nothing
// outside is read, no object comes twice, and every object that was listed comes or is named.
#include <fuzzer/FuzzedDataProvider.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <source_location>
#include <string>

#include "../git/pack_builder.h"
#include "git/attribution.h"
#include "git/single_pack.h"
#include "git/walk.h"

namespace {

using namespace keywake;
using namespace keywake::git;
namespace fs = std::filesystem;

constexpr std::uint64_t kMaxObject = 1 << 16;

void require(bool condition, std::source_location where = std::source_location::current()) {
  if (condition) return;
  std::fprintf(stderr, "line %u does not hold\n", static_cast<unsigned>(where.line()));
  std::abort();
}

class Folder {
 public:
  Folder() : path_("/dev/shm/keywake-pack-fuzz-" + std::to_string(::getpid())) {
    fs::create_directories(path_ / "objects/pack");
    fs::create_directories(path_ / "refs");
  }
  ~Folder() {
    std::error_code ec;
    fs::remove_all(path_, ec);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  void write(const std::string& name, std::string_view bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << bytes;
  }
  void clear() const {
    for (const auto& entry : fs::directory_iterator(path_ / "objects")) {
      if (entry.path().filename() != "pack") fs::remove_all(entry.path());
    }
    for (const auto& entry : fs::directory_iterator(path_ / "objects/pack")) fs::remove(entry.path());
  }

 private:
  fs::path path_;
};

class Visitor : public git::Visitor {
 public:
  Visitor(const ObjectStore& store, bool trees) : store_(store), trees_(trees) {}
  bool wants(ObjectType type) const override { return (type == ObjectType::kTree) == trees_; }
  std::unique_ptr<Annotation> whole(unsigned, ObjectId id, ObjectType type, std::string_view bytes) override {
    require(type >= ObjectType::kCommit && type <= ObjectType::kTag);
    require(bytes.size() <= kMaxObject);
    std::uint32_t sum = 0;
    for (char c : bytes) sum = sum * 31 + static_cast<std::uint8_t>(c);  // reads all of it
    std::lock_guard lock(mutex_);
    sum_ += sum;
    require(seen.insert(id).second);
    if (store_.duplicate(id)) return nullptr;
    if (type == ObjectType::kCommit) commits.add(id, bytes, store_);
    if (type == ObjectType::kBlob && bytes.size() % 2 == 1) found.push_back({id, {sum % 4}});
    return nullptr;
  }
  std::unique_ptr<Annotation> delta(unsigned worker, ObjectId id, ObjectType type, std::string_view bytes,
                                    const CopyMap& map, const Annotation*) override {
    std::uint64_t at = 0;
    for (const CopySpan& span : map.spans) {
      require(span.target >= at && std::uint64_t{span.source} + span.length <= map.old_size);
      at = std::uint64_t{span.target} + span.length;
    }
    require(at <= bytes.size() && map.new_size == bytes.size());
    return whole(worker, id, type, bytes);
  }
  std::set<ObjectId> seen;
  CommitTable commits;
  std::vector<FoundBlob> found;

 private:
  const ObjectStore& store_;
  bool trees_;
  std::mutex mutex_;
  std::uint64_t sum_ = 0;
};

std::string raw(const Oid& oid) { return {reinterpret_cast<const char*>(oid.bytes.data()), 20}; }

// Adds entries as the input says; ids may be those of earlier objects or of nothing.
class PackMaker {
 public:
  explicit PackMaker(FuzzedDataProvider& input) : input_(input) {}

  test::PackBuilder make() {
    for (int i = 0; i < 24 && input_.remaining_bytes() > 0; ++i) add();
    return std::move(pack_);
  }

 private:
  Oid some_id() {
    if (ids_.empty() || input_.ConsumeProbability<float>() < 0.05F) return test::object_id(ObjectType::kBlob, "absent");
    return ids_[input_.ConsumeIntegralInRange<std::size_t>(0, ids_.size() - 1)];
  }
  std::string content(ObjectType type) {
    std::string text;
    if (type == ObjectType::kTree) {
      for (int i = input_.ConsumeIntegralInRange<int>(0, 12); i > 0; --i) {
        static constexpr const char* kModes[] = {"40000", "100644", "40000", "120000", "160000", "0", "9"};
        text += input_.PickValueInArray(kModes);
        text += ' ' + std::string(1, static_cast<char>('a' + input_.ConsumeIntegralInRange<int>(0, 5))) + '\0' + raw(some_id());
      }
    } else if (type == ObjectType::kCommit) {
      text = "tree " + some_id().hex() + "\nparent " + some_id().hex() + "\ncommitter A <a> " +
             std::to_string(input_.ConsumeIntegralInRange<int>(0, 9)) + " +0000\n\n";
    } else if (type == ObjectType::kTag) {
      text = "object " + some_id().hex() + "\n";
    }
    return input_.ConsumeProbability<float>() < 0.2F || text.empty() ? text + input_.ConsumeRandomLengthString(100) : text;
  }
  void add() {
    static constexpr ObjectType kTypes[] = {ObjectType::kCommit, ObjectType::kTree, ObjectType::kBlob, ObjectType::kTag,
                                            ObjectType::kOfsDelta, ObjectType::kRefDelta, ObjectType::kOfsDelta};
    ObjectType type = input_.PickValueInArray(kTypes);
    if (type == ObjectType::kOfsDelta || type == ObjectType::kRefDelta) return add_delta(type);
    std::string bytes = content(type);
    std::string stream = test::stored_zlib(bytes);
    std::uint64_t size = bytes.size();
    Oid oid = test::object_id(type, bytes);
    if (input_.ConsumeProbability<float>() < 0.1F) {  // a lie, in one way or another
      size = input_.ConsumeIntegralInRange<std::uint64_t>(0, std::uint64_t{1} << input_.ConsumeIntegralInRange<int>(0, 59));
      stream.resize(input_.ConsumeIntegralInRange<std::size_t>(0, stream.size()));
      if (input_.ConsumeBool()) oid = some_id();
    }
    remember(oid, bytes.size(), pack_.add_entry(type, size, {}, stream, oid));
  }
  void add_delta(ObjectType type) {
    if (ids_.empty()) return;
    std::size_t base = input_.ConsumeIntegralInRange<std::size_t>(0, ids_.size() - 1);
    std::uint64_t base_size = sizes_[base];
    std::string body;
    std::uint64_t result = 0;
    for (int i = input_.ConsumeIntegralInRange<int>(0, 5); i > 0; --i) {
      if (base_size > 0 && input_.ConsumeBool()) {
        auto offset = input_.ConsumeIntegralInRange<std::uint32_t>(0, static_cast<std::uint32_t>(base_size) - 1);
        auto length = input_.ConsumeIntegralInRange<std::uint32_t>(1, static_cast<std::uint32_t>(base_size) - offset);
        body += test::DeltaWriter().copy(offset, length).delta(0, 0).substr(2);
        result += length;
      } else {
        std::string text = 'x' + input_.ConsumeRandomLengthString(20);
        body += test::DeltaWriter().insert(text).delta(0, 0).substr(2);
        result += text.size();
      }
    }
    if (input_.ConsumeProbability<float>() < 0.1F) result = input_.ConsumeIntegral<std::uint64_t>() >> 1;
    if (input_.ConsumeProbability<float>() < 0.1F) body += input_.ConsumeRandomLengthString(10);
    std::string delta = test::varint(base_size) + test::varint(result) + body;
    Oid oid = input_.ConsumeProbability<float>() < 0.1F ? some_id() : test::object_id(ObjectType::kBlob, std::to_string(ids_.size()));
    std::uint64_t offset = type == ObjectType::kOfsDelta
                               ? pack_.add_ofs_delta(offsets_[base], delta, oid)
                               : pack_.add_ref_delta(input_.ConsumeBool() ? ids_[base] : some_id(), delta, oid);
    remember(oid, std::min<std::uint64_t>(result, 1 << 20), offset);
  }
  void remember(const Oid& oid, std::uint64_t size, std::uint64_t offset) {
    ids_.push_back(oid);
    sizes_.push_back(size);
    offsets_.push_back(offset);
  }

  FuzzedDataProvider& input_;
  test::PackBuilder pack_;
  std::vector<Oid> ids_;
  std::vector<std::uint64_t> sizes_;
  std::vector<std::uint64_t> offsets_;
};

void write_pack(const Folder& folder, const std::string& name, FuzzedDataProvider& input) {
  test::PackBuilder builder = PackMaker(input).make();
  std::string pack = builder.pack();
  std::vector<test::IndexedObject> objects = builder.objects();
  int index = input.ConsumeIntegralInRange<int>(0, 3);
  if (index == 1 && !objects.empty()) {
    auto& liar = objects[input.ConsumeIntegralInRange<std::size_t>(0, objects.size() - 1)];
    liar.offset = input.ConsumeIntegralInRange<std::uint64_t>(0, pack.size());
  }
  if (index != 0) folder.write("objects/pack/" + name + ".idx", test::index_of(objects, pack));
  if (input.ConsumeProbability<float>() < 0.2F) {  // after the index: it fits still
    std::size_t at = input.ConsumeIntegralInRange<std::size_t>(0, pack.size() - 1);
    pack[at] = static_cast<char>(input.ConsumeIntegral<std::uint8_t>());
  }
  folder.write("objects/pack/" + name + ".pack", pack);
}

void scan(const fs::path& path, std::uint64_t memory) {
  auto repository = Repository::open(path);
  require(repository.has_value() && repository->has_value());
  Problems problems;
  ObjectStore store = ObjectStore::open(**repository, problems);
  WalkOptions options;
  options.memory = memory;
  options.max_object = kMaxObject;
  Visitor contents(store, false);
  walk(store, contents, options, problems);
  Visitor trees(store, true);
  walk(store, trees, options, problems);
  ObjectReader reader(store, kMaxObject);
  std::string bytes;
  for (ObjectId id = 0; id < store.size(); ++id) {
    ObjectType type = ObjectType::kNone;
    bool read = reader.read(id, bytes, type) == ObjectReader::Outcome::kDone;
    // An index that lies may give one id to a tree and to something else; then either comes.
    bool true_to_type = type == store.type(id) || store.type(id) == ObjectType::kNone;
    if (read && true_to_type && !store.duplicate(id)) require(contents.seen.contains(id) || trees.seen.contains(id));
  }
  attribute(**repository, store, contents.commits, contents.found, options, problems);
  std::set<std::string> named;
  for (const Problem& problem : problems.take()) named.insert(problem.what);
  for (ObjectId id = 0; id < store.size(); ++id) {
    bool came = contents.seen.contains(id) || trees.seen.contains(id) || store.duplicate(id);
    require(came || named.contains(store.describe(id)));
  }
}

// The same packs by single_pack.h: whatever it reads is of the type and within the limit that it says.
void read_singly(const fs::path& path) {
  std::error_code ec;
  for (fs::directory_iterator it(path / "objects/pack", ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() != ".idx") continue;
    auto pack = SinglePack::open(it->path(), HashKind::kSha1);
    if (!pack) continue;
    std::vector<Oid> all;
    pack->list(all);
    all.push_back(test::object_id(ObjectType::kBlob, "of no pack"));
    std::string bytes;
    for (const Oid& oid : all) {
      ObjectType type = ObjectType::kNone;
      const ObjectType said = pack->type(oid);
      if (pack->read(oid, kMaxObject, type, bytes) != ReadOutcome::kDone) continue;
      require(type == said && bytes.size() <= kMaxObject);
      std::string again;
      require(pack->read(oid, kMaxObject, type, again) == ReadOutcome::kDone && again == bytes);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  folder.clear();
  FuzzedDataProvider input(data, size);
  folder.write("HEAD", test::object_id(ObjectType::kBlob, "head").hex());
  const unsigned mode = input.ConsumeIntegral<std::uint8_t>();
  const std::uint64_t memory = (mode & 1) != 0 ? 0 : limits::kMiB;
  if ((mode & 14) == 14) {
    folder.write("objects/pack/pack-raw.pack", "PACK" + std::string("\0\0\0\2", 4) + input.ConsumeRemainingBytesAsString());
  } else if ((mode & 14) == 12) {
    folder.write("objects/00/" + std::string(38, '0'), test::stored_zlib(input.ConsumeRemainingBytesAsString()));
  } else {
    write_pack(folder, "pack-1", input);
    if ((mode & 16) != 0) write_pack(folder, "pack-2", input);
  }
  scan(folder.path(), memory);
  read_singly(folder.path());
  return 0;
}
