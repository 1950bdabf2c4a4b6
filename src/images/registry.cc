#include "images/registry.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/json_nesting.h"
#include "base/text.h"
#include "images/checked_stream.h"
#include "images/registry_session.h"

namespace keywake::images {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kManifestTypes{
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
};
constexpr std::string_view kIndexType = kManifestTypes[0];
constexpr std::size_t kMaxPages = 10'000;
constexpr std::uint64_t kMaxPageBytes = 256ull << 20;  // of all pages of a list
constexpr std::uint64_t kMaxKept = 64ull << 20;        // of manifests; others are fetched again
constexpr std::size_t kMaxTags = 1'000'000;
constexpr std::size_t kMaxReferrers = 10'000;
constexpr int kNotFound = 404;
constexpr int kPartial = 206;
constexpr std::uint64_t kProgress = 1 << 20;  // a stream that brought so much may be cut off again
constexpr int kCuts = 5;                      // in a row, with less between them

bool is_manifest_type(std::string_view type) { return std::find(kManifestTypes.begin(), kManifestTypes.end(), type) != kManifestTypes.end(); }

// By the algorithm of a digest that is_digest() has passed.
std::string digest_like(std::string_view digest, std::string_view bytes) {
  const std::string_view algorithm = digest.substr(0, 6);
  return fmt::format("{}:{}", algorithm, to_hex(keywake::digest(algorithm, bytes)));
}

std::string media_type_of(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (!content_type.empty() && is_space(content_type.back())) content_type.remove_suffix(1);
  return lowered(content_type);
}

// "<…>; rel="next"" of a Link (RFC 8288); empty: the last page.
std::string next_page(std::string_view link) {
  while (!link.empty()) {
    const std::size_t open = link.find('<');
    const std::size_t close = link.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return "";
    const std::size_t end = std::min(link.find(",", close), link.size());
    const std::string_view parameters = link.substr(close + 1, end - close - 1);
    if (parameters.find("next") != std::string_view::npos) return std::string(link.substr(open + 1, close - open - 1));
    link.remove_prefix(end);
  }
  return "";
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// An entry of an index (image specification, descriptor.md); absent without a digest that one can check.
std::optional<Descriptor> descriptor_of(const json& entry) {
  Descriptor out{text_at(entry, "mediaType"), text_at(entry, "digest"), 0, "", {}};
  if (!is_digest(out.digest) || !entry.contains("size") || !entry["size"].is_number_unsigned()) return std::nullopt;
  out.size = entry["size"];
  if (const auto platform = entry.find("platform"); platform != entry.end() && !text_at(*platform, "os").empty()) {
    out.platform = text_at(*platform, "os") + "/" + text_at(*platform, "architecture");
    if (const std::string variant = text_at(*platform, "variant"); !variant.empty()) out.platform += "/" + variant;
  }
  if (const auto notes = entry.find("annotations"); notes != entry.end() && notes->is_object()) {
    for (const auto& [key, value] : notes->items()) {
      if (value.is_string()) out.annotations.emplace(key, value.get<std::string>());
    }
  }
  // An artifact says what it is here and not in its mediaType; whoever reads it wants to know.
  if (const std::string artifact = text_at(entry, "artifactType"); !artifact.empty()) out.annotations.emplace("artifactType", artifact);
  return out;
}

/// One blob on its way, from its start or not: bytes counted, and asked for again from where they ended. Whoever wants it checked does so.
class BlobStream {
 public:
  BlobStream(RegistrySession& session, std::string url, Descriptor blob, std::string name, std::uint64_t offset)
      : session_(session), url_(std::move(url)), blob_(std::move(blob)), name_(std::move(name)), read_(offset) {}

  // Opens it, at `read_`.
  Result<void> start() {
    Headers headers;
    if (is_manifest_type(blob_.media_type)) headers.emplace_back("Accept", blob_.media_type);
    if (read_ > 0) headers.emplace_back("Range", fmt::format("bytes={}-", read_));
    auto got = session_.get(url_, headers);
    if (!got) return fail(fmt::format("{}: {}", name_, got.error().message));
    pass_over_ = read_;
    if (got->head().status == kPartial) {
      if (!got->head().header("content-range").starts_with(fmt::format("bytes {}-", read_))) return fail(fmt::format("{}: the registry sends another part than was asked for", name_));
      pass_over_ = 0;
    }
    download_.emplace(*std::move(got));
    return {};
  }

  Result<std::string_view> next() {
    if (failed_) return std::unexpected(*failed_);
    auto out = pull();
    if (!out) failed_ = out.error();
    return out;
  }

 private:
  Result<std::string_view> pull() {
    if (done_) return std::string_view();
    while (true) {
      auto bytes = download_->read();
      // An end before the stated size is a cut, too: chunked answers and old servers do not say how much there is. A cut behind the last byte is an end.
      if ((!bytes || bytes->empty()) && read_ == blob_.size) {
        done_ = true;
        download_.reset();
        return std::string_view();
      }
      if (!bytes || bytes->empty()) {
        if (auto again = resume(bytes ? "it ended early" : bytes.error().problem); !again) return std::unexpected(again.error());
        continue;
      }
      const std::size_t known = std::min<std::uint64_t>(pass_over_, bytes->size());
      pass_over_ -= known;
      bytes->remove_prefix(known);
      if (bytes->empty()) continue;
      read_ += bytes->size();
      if (read_ > blob_.size) return fail(fmt::format("{}: it is larger than the {} bytes that its descriptor states; the rest is not read", name_, blob_.size));
      return *bytes;
    }
  }

  Result<void> resume(const std::string& problem) {
    cuts_ = read_ >= cut_at_ + kProgress ? 1 : cuts_ + 1;
    cut_at_ = read_;
    if (cuts_ > kCuts) return fail(fmt::format("{}: {} at byte {} of {}, {} times", name_, problem, read_, blob_.size, kCuts));
    download_.reset();
    std::this_thread::sleep_for(pause_before(cuts_, {}));
    return start();
  }

  RegistrySession& session_;
  std::string url_;
  Descriptor blob_;
  std::string name_;
  std::optional<net::Download> download_;
  std::optional<Error> failed_;
  std::uint64_t read_;
  std::uint64_t pass_over_ = 0;
  std::uint64_t cut_at_ = 0;
  int cuts_ = 0;
  bool done_ = false;
};

class RegistryStore : public ImageStore {
 public:
  RegistryStore(const Reference& reference, std::unique_ptr<RegistrySession> session)
      : reference_(reference), name_(printable(name_of(reference))), path_("/v2/" + reference.repository + "/"), session_(std::move(session)) {}

  Result<std::vector<Descriptor>> roots() override {
    const std::string wanted = reference_.digest.empty() ? reference_.tag : reference_.digest;
    auto got = manifest(wanted);
    if (!got) return fail(fmt::format("{}: {}", name_, got.error().message));
    return std::vector<Descriptor>{*std::move(got)};
  }

  Result<std::string> read(const Descriptor& blob) override {
    if (blob.size > kMaxDocument) return fail(fmt::format("{}: larger than the {} that a manifest or config may have", named(blob), human_bytes(kMaxDocument)));
    {
      const std::scoped_lock lock(mutex_);
      if (const auto known = manifests_.find(blob.digest); known != manifests_.end() && known->second.size() == blob.size) return known->second;
    }
    auto stream = open(blob);
    if (!stream) return std::unexpected(stream.error());
    return read_all(*stream, kMaxDocument, named(blob));
  }

  Result<archive::Stream> open(const Descriptor& blob) override {
    auto stream = open_from(blob, 0);
    if (!stream) return stream;
    return checked(std::move(*stream), blob);
  }

  Result<archive::Stream> open_from(const Descriptor& blob, std::uint64_t offset) override {
    if (!is_digest(blob.digest)) return fail(fmt::format("{}: {}: a digest that cannot be checked (sha256 and sha512 can)", name_, printable(blob.digest)));
    const std::string url = path_ + (is_manifest_type(blob.media_type) ? "manifests/" : "blobs/") + blob.digest;
    auto stream = std::make_shared<BlobStream>(*session_, url, blob, named(blob), offset);
    if (auto started = stream->start(); !started) return std::unexpected(started.error());
    return archive::Stream{.read = [stream] { return stream->next(); }};
  }

  Result<std::vector<std::string>> tags() override {
    std::vector<std::string> out;
    auto read = pages(path_ + "tags/list?n=1000", {}, [&](const json& page) {
      const auto list = page.find("tags");
      if (list == page.end() || !list->is_array()) return;  // null: none
      for (const json& each : *list) {
        if (each.is_string() && out.size() < kMaxTags) out.push_back(each.get<std::string>());
      }
    });
    if (!read) return fail(fmt::format("{}: its tags: {}", name_, read.error().message));
    return out;
  }

  Result<Descriptor> tagged(const std::string& tag) override { return manifest(tag); }

  Result<std::vector<Descriptor>> referrers(const Descriptor& manifest) override {
    if (!is_digest(manifest.digest)) return std::vector<Descriptor>{};
    std::vector<Descriptor> out;
    auto take = [&](const json& index) {
      const auto list = index.find("manifests");
      if (list == index.end() || !list->is_array()) return;
      for (const json& each : *list) {
        if (out.size() == kMaxReferrers) return;
        if (auto one = descriptor_of(each)) out.push_back(*std::move(one));
      }
    };
    auto read = pages(path_ + "referrers/" + manifest.digest, {{"Accept", std::string(kIndexType)}}, take);
    if (read) return out;
    if (read.error().status != kNotFound) return fail(fmt::format("{}: what refers to {}: {}", name_, manifest.digest, read.error().message));
    // A registry without that: "Referrers Tag Schema", the digest as a tag.
    std::string tag = manifest.digest;
    std::ranges::replace(tag, ':', '-');
    read = pages(path_ + "manifests/" + tag.substr(0, 128), {{"Accept", std::string(kIndexType)}}, take);
    if (read || read.error().status == kNotFound) return out;
    return fail(fmt::format("{}: what refers to {}: {}", name_, manifest.digest, read.error().message));
  }

 private:
  std::string named(const Descriptor& blob) const { return fmt::format("{}: {}", name_, printable(blob.digest)); }

  // Asked for by tag or digest.
  Result<Descriptor> manifest(const std::string& wanted) {
    Headers headers;
    for (const std::string_view type : kManifestTypes) headers.emplace_back("Accept", type);
    auto got = session_->get(path_ + "manifests/" + wanted, headers);
    if (!got) return fail(got.error().message);
    const std::string type = media_type_of(got->head().header("content-type"));
    const std::string stated(got->head().header("docker-content-digest"));
    auto bytes = got->read_all(kMaxDocument);
    if (!bytes) return fail(fmt::format("its manifest: {}", bytes.error().problem));
    if (!is_manifest_type(type)) {
      return fail(fmt::format("its manifest is of the type {}; OCI's and Docker's schema 2 are read", type.empty() ? "(none stated)" : printable(type)));
    }
    // A digest that was asked for must be it; one that the server states must be right as well.
    for (const std::string& digest : {is_digest(wanted) ? wanted : "", stated}) {
      if (digest.empty()) continue;
      if (!is_digest(digest)) return fail("its manifest has a digest that cannot be checked (sha256 and sha512 can)");
      const std::string found = digest_like(digest, *bytes);
      if (found != digest) return fail(fmt::format("its manifest should have the digest {} and has {}, so it was damaged or replaced", digest, found));
    }
    Descriptor out{type, is_digest(wanted) ? wanted : stated.empty() ? digest_like("sha256:", *bytes) : stated, bytes->size(), "", {}};
    const std::scoped_lock lock(mutex_);
    if (kept_ + bytes->size() <= kMaxKept && manifests_.emplace(out.digest, *bytes).second) kept_ += bytes->size();
    return out;
  }

  // JSON pages, each naming the next.
  template <typename Take>
  std::expected<void, RegistryProblem> pages(const std::string& first, const Headers& headers, Take take) {
    std::string at = first;
    const std::string base = session_->base();
    std::uint64_t total = 0;
    for (std::size_t page = 0; page < kMaxPages; ++page) {
      auto got = session_->get(at, headers);
      if (!got) return std::unexpected(got.error());
      const std::string next = next_page(got->head().header("link"));
      const auto bytes = got->read_all(kMaxDocument);
      if (!bytes) return std::unexpected(RegistryProblem{0, bytes.error().problem});
      total += bytes->size();
      if (total > kMaxPageBytes) return std::unexpected(RegistryProblem{0, fmt::format("a list of more than {}", human_bytes(kMaxPageBytes))});
      const json all = nests_deeper_than(kMaxNesting, *bytes) ? json() : json::parse(*bytes, nullptr, false);
      if (!all.is_object()) return std::unexpected(RegistryProblem{0, "the answer is not JSON"});
      take(all);
      if (next.empty()) return {};
      const auto url = net::resolved(at.starts_with('/') ? base + at : at, next);
      if (!url || *url == at) return std::unexpected(RegistryProblem{0, "the next page has no address"});
      at = *url;
    }
    return std::unexpected(RegistryProblem{0, fmt::format("more than {} pages", kMaxPages)});
  }

  Reference reference_;
  std::string name_;
  std::string path_;
  std::unique_ptr<RegistrySession> session_;
  std::mutex mutex_;
  std::map<std::string, std::string> manifests_;  // those asked for by roots() and tagged(), by digest
  std::uint64_t kept_ = 0;                        // bytes of them
};

}  // namespace

Result<std::unique_ptr<ImageStore>> open_registry(const Reference& reference, const net::ClientOptions& options, Credentials credentials) {
  auto session = RegistrySession::open(reference, options, std::move(credentials));
  if (!session) return std::unexpected(session.error());
  return std::make_unique<RegistryStore>(reference, *std::move(session));
}

}  // namespace keywake::images
