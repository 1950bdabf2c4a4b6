#include "attribution/owners.h"

#include <algorithm>
#include <array>

#include "model/sighting.h"

namespace keywake::attribution {
namespace {

using model::Confidence;
using model::Owner;

constexpr std::size_t kMaxOwners = 8;

class Hints {
 public:
  // The first of those that name the same one stays, since it is the surer.
  void add(Owner owner) {
    if (owner.name.empty() && owner.email.empty()) return;
    const bool known = std::any_of(owners_.begin(), owners_.end(), [&](const Owner& other) {
      return (!owner.email.empty() && owner.email == other.email) || (owner.email.empty() && owner.name == other.name);
    });
    if (!known && owners_.size() < kMaxOwners) owners_.push_back(std::move(owner));
  }
  // An address or a name, whichever it is.
  void add(const std::string& text, std::string source, Confidence confidence) {
    const bool address = text.find('@') != std::string::npos && !text.starts_with('@');
    add({address ? "" : text, address ? text : "", std::move(source), confidence, std::nullopt});
  }
  std::vector<Owner> take() {
    auto rank = [](const Owner& owner) { return std::pair(-static_cast<int>(owner.confidence), owner.active == false); };
    std::stable_sort(owners_.begin(), owners_.end(), [&](const Owner& a, const Owner& b) { return rank(a) < rank(b); });
    return std::move(owners_);
  }

 private:
  std::vector<Owner> owners_;
};

std::string fact(const model::Validation& validation, std::string_view name) {
  for (const model::Fact& each : validation.facts) {
    if (each.name == name) return each.values.front();
  }
  return "";
}

void add_provider(const model::Credential& credential, Hints& hints) {
  if (!credential.validation) return;
  const model::Validation& validation = *credential.validation;
  // What an expired token or an untrusted certificate says of itself, nobody vouches for.
  const bool vouched = validation.verdict == model::Verdict::kLive;
  const std::string source = vouched && !validation.host.empty() ? validation.host : "the credential itself";
  const std::string owner = fact(validation, "owner");
  hints.add({owner.empty() ? fact(validation, "account") : owner, fact(validation, "email"), source, vouched ? Confidence::kHigh : Confidence::kLow, std::nullopt});
  hints.add(fact(validation, "organization"), source, vouched ? Confidence::kMedium : Confidence::kLow);
}

// Parts that name somebody; a user in a database URL does not, but is all that there may be.
void add_parts(const model::Credential& credential, Hints& hints) {
  static constexpr std::array<std::string_view, 8> kNaming{"client_email", "email", "subject", "comment", "account", "tenant", "username", "user"};
  for (std::string_view name : kNaming) {
    for (const model::Part& part : credential.parts) {
      if (part.name == name && !part.secret) hints.add(part.value, "the credential itself, its " + part.name, Confidence::kLow);
    }
  }
}

// Who changed the file after the credential had come into it may know what it is for.
void add_touches(const Repository& repository, std::string_view path, std::int64_t now, Hints& hints) {
  constexpr std::size_t kMost = 3;
  if (repository.people == nullptr) return;
  const std::string_view file = model::outer_file(path);
  std::size_t count = 0;
  for (const model::Touch& touch : repository.people->touches) {
    if (touch.path != file || ++count > kMost) continue;
    const Person person = repository.mailmap.resolve({touch.name, touch.email});
    hints.add({person.name, person.email, "changed the file since", Confidence::kLow, repository.active(person.email, now)});
  }
}

// What an image's labels and annotations say: "Robin Weaver <robin@acme.test>", a vendor, where its source lies.
void add_images(const model::Credential& credential, Hints& hints) {
  for (const model::Sighting& sighting : credential.sightings) {
    if (!sighting.image) continue;
    const model::ImagePlace& image = *sighting.image;
    const std::size_t open = image.authors.rfind(" <");
    if (open != std::string::npos && image.authors.ends_with('>')) {
      hints.add({image.authors.substr(0, open), image.authors.substr(open + 2, image.authors.size() - open - 3), "author of the image", Confidence::kMedium, std::nullopt});
    } else {
      hints.add(image.authors, "author of the image", Confidence::kMedium);
    }
    if (!image.source.empty()) hints.add({image.source, "", "source of the image" + (image.revision.empty() ? "" : ", revision " + image.revision), Confidence::kLow, std::nullopt});
    hints.add(image.vendor, "vendor of the image", Confidence::kLow);
  }
}

// Whoever has the project, group, repository or namespace that a variable belongs to: "project acme/shop, schedule 7" is acme/shop's.
void add_variables(const model::Credential& credential, Hints& hints) {
  static constexpr std::array<std::string_view, 6> kOwning{"project ", "group ", "repository ", "organization ", "namespace ", "pipeline "};
  for (const model::Sighting& sighting : credential.sightings) {
    if (!sighting.ci) continue;
    const std::string& scope = sighting.ci->scope;
    const bool variable = sighting.ci->source == model::CiSource::kVariable;
    for (const std::string_view kind : kOwning) {
      if (!scope.starts_with(kind)) continue;
      const std::string name = scope.substr(kind.size(), scope.find(", ") == std::string::npos ? std::string::npos : scope.find(", ") - kind.size());
      hints.add({name, "", std::string(kind) + (variable ? "of the CI variable" : "of the CI job"), Confidence::kLow, std::nullopt});
    }
  }
}

}  // namespace

std::optional<bool> Repository::active(const std::string& email, std::int64_t now) const {
  if (people == nullptr || email.empty()) return std::nullopt;
  for (const auto& [address, date] : people->last_commit) {
    if (date > now - model::kActive && mailmap.resolve({"", address}).email == email) return true;
  }
  return people->known_since <= now - model::kActive ? std::optional(false) : std::nullopt;
}

std::vector<Owner> owners_of(const model::Credential& credential, const std::map<std::string, Repository>& repositories, std::int64_t now) {
  Hints hints;
  add_provider(credential, hints);
  std::vector<const model::Sighting*> committed;
  for (const model::Sighting& sighting : credential.sightings) {
    const auto repository = repositories.find(sighting.target);
    if (repository != repositories.end() && model::is_current(sighting)) {
      for (const std::string& owner : repository->second.owners.of(sighting.path)) hints.add(owner, "CODEOWNERS", Confidence::kMedium);
    }
    if (sighting.git && !sighting.git->commit.empty()) committed.push_back(&sighting);
  }
  std::stable_sort(committed.begin(), committed.end(), [](const auto* a, const auto* b) { return a->git->date < b->git->date; });
  for (const model::Sighting* sighting : committed) {
    const auto repository = repositories.find(sighting->target);
    Person person{sighting->git->author, sighting->git->email};
    std::optional<bool> active;
    if (repository != repositories.end()) {
      person = repository->second.mailmap.resolve(std::move(person));
      active = repository->second.active(person.email, now);
    }
    const bool first = sighting == committed.front();
    hints.add({person.name, person.email, first ? "brought it in" : "brought it in again", first ? Confidence::kMedium : Confidence::kLow, active});
  }
  for (const model::Sighting& sighting : credential.sightings) {
    const auto repository = repositories.find(sighting.target);
    if (repository != repositories.end() && model::is_current(sighting)) add_touches(repository->second, sighting.path, now, hints);
  }
  add_images(credential, hints);
  add_variables(credential, hints);
  add_parts(credential, hints);
  return hints.take();
}

}  // namespace keywake::attribution
