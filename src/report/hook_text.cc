#include "report/hook_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "base/text.h"
#include "report/style.h"

namespace keywake::report {
namespace {

constexpr std::size_t kMaxPlaces = 20;
constexpr std::size_t kMaxCommands = 3;

struct Comment {
  std::string_view before, after;
};

// How a comment is written in a file of this name; absent where none can stand.
std::optional<Comment> comment_of(std::string_view path) {
  static constexpr std::string_view kSlashes[]{"c",  "cc",   "cpp",   "cs", "cxx", "dart", "go", "gradle", "groovy", "h",   "hpp",
                                               "java", "js", "jsonc", "jsx", "kt", "kts", "m",  "mjs",    "php",    "proto", "rs", "scala", "swift", "ts", "tsx"};
  static constexpr std::string_view kMarkup[]{"htm", "html", "md", "svg", "vue", "xml", "xhtml", "csproj", "config", "plist"};
  static constexpr std::string_view kDashes[]{"hs", "lua", "sql"};
  static constexpr std::string_view kNone[]{"json", "ipynb", "csv", "tsv", "lock", "map", "har", "geojson", "webmanifest"};
  const std::string_view name = path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  const std::string extension = dot == std::string_view::npos ? "" : lowered(name.substr(dot + 1));
  auto is_one = [&](const auto& list) { return std::find(std::begin(list), std::end(list), extension) != std::end(list); };
  if (is_one(kNone)) return std::nullopt;
  if (is_one(kSlashes)) return Comment{"//", ""};
  if (is_one(kMarkup)) return Comment{"<!--", " -->"};
  if (is_one(kDashes)) return Comment{"--", ""};
  if (extension == "css") return Comment{"/*", " */"};
  return Comment{"#", ""};
}

// Quoted where a shell would see more than a name in it; empty if it cannot be shown as it is.
std::string shell_word(std::string_view path) {
  if (printable(path) != path || path.find('\'') != std::string_view::npos) return {};
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return is_alnum(c) || std::string_view("._/+,@%=:-").find(c) != std::string_view::npos;
  });
  return plain && !path.starts_with('-') ? std::string(path) : fmt::format("'{}{}'", path.starts_with('-') ? "./" : "", path);
}

// Words broken into lines, which all begin with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (column > 0 && column + 1 + columns(word) > width) {
      out += '\n';
      column = 0;
    }
    out += column == 0 ? std::string(indent, ' ') : " ";
    column += (column == 0 ? indent : 1) + columns(word);
    out += word;
  }
  return out + '\n';
}

class HookText {
 public:
  HookText(const View& view, Stopped what, std::ostream& out) : view_(view), what_(what), out_(out), width_(view.options().width) {}

  void write() {
    const std::size_t count = view_.result().credentials.size();
    if (count == 0) return;
    static constexpr std::array<std::string_view, 4> kWhere{"in what is staged; nothing was committed", "in the commit's message; nothing was committed",
                                                            "in the commits; nothing was pushed", "in it"};
    out_ << wrapped(fmt::format("keywake: {}{} {} {}.", what_ == Stopped::kReceive ? "push refused, " : "", human_count(count), count == 1 ? "credential" : "credentials",
                                kWhere[static_cast<std::size_t>(what_)]),
                    0, width_)
         << '\n';
    write_places();
    out_ << '\n';
    write_way_out();
    write_rotation();
    write_allow();
    write_detour();
  }

 private:
  void write_places() {
    std::size_t shown = 0;
    for (const model::Credential& credential : view_.result().credentials) {
      for (const model::Sighting& sighting : credential.sightings) {
        if (shown++ < kMaxPlaces) write_place(credential, sighting);
      }
    }
    if (shown > kMaxPlaces) out_ << fmt::format("  … and {} more places\n", human_count(shown - kMaxPlaces));
  }

  void write_place(const model::Credential& credential, const model::Sighting& sighting) {
    const std::string where = fmt::format("  {}:{}:{}", printable(place_of(sighting)), sighting.line, sighting.column);
    const std::string what = fmt::format("{}  {}", printable(credential.pattern->title), printable(view_.secret(credential)).substr(0, 60));
    if (columns(where) + 2 + columns(what) <= width_) {
      out_ << where << "  " << what << '\n';
    } else {
      out_ << where << '\n' << wrapped(what, 6, width_);
    }
    if (!sighting.git || sighting.git->commit.empty()) return;
    const model::GitPlace& git = *sighting.git;
    std::string commit = fmt::format("in {}, {}", short_oid(git.commit), printable(view_.prose(git.summary)));
    if (!git.removed_in.empty()) commit = fmt::format("in {}, taken out in {} but still in the history", short_oid(git.commit), short_oid(git.removed_in));
    out_ << "      " << ellipsize(commit, width_ > 16 ? width_ - 6 : 10) << '\n';
  }

  [[nodiscard]] std::string place_of(const model::Sighting& sighting) const {
    if (what_ == Stopped::kMessage) return "message";
    if (sighting.path.starts_with("commit:")) return fmt::format("message of {}", short_oid(std::string_view(sighting.path).substr(7)));
    if (sighting.path.starts_with("tag:")) return fmt::format("tag {}", short_oid(std::string_view(sighting.path).substr(4)));
    return view_.path_to_show(sighting);
  }

  // The oldest commit in question, from which a rebase would have to begin.
  [[nodiscard]] std::string oldest_commit() const {
    const model::GitPlace* oldest = nullptr;
    for (const model::Credential& credential : view_.result().credentials) {
      for (const model::Sighting& sighting : credential.sightings) {
        if (sighting.git && !sighting.git->commit.empty() && (oldest == nullptr || sighting.git->date < oldest->date)) oldest = &*sighting.git;
      }
    }
    return oldest == nullptr ? "COMMIT" : std::string(short_oid(oldest->commit));
  }

  // Commands stand in lines of their own, whole, to be copied.
  void write_way_out() {
    switch (what_) {
      case Stopped::kCommit:
        out_ << wrapped("To go on, take the credentials above out of the files and git add them again, or leave a file out of the commit:", 0, width_)
             << "  git restore --staged FILE\n";
        break;
      case Stopped::kMessage:
        out_ << "Write the message without it:\n  git commit -e -F \"$(git rev-parse --git-path COMMIT_EDITMSG)\"\n";
        break;
      case Stopped::kPush:
      case Stopped::kReceive:
        out_ << wrapped("To go on, take the credentials above out of the commits, not only out of the files, and push again:", 0, width_)
             << fmt::format("  git commit --amend           if it is the last commit\n  git rebase -i {:<13}  if it is one before\n", oldest_commit() + "^");
        break;
    }
  }

  void write_rotation() {
    std::set<std::string_view> urls;
    for (const model::Credential& credential : view_.result().credentials) {
      if (!credential.pattern->rotate.empty() && urls.size() < kMaxCommands) urls.insert(credential.pattern->rotate);
    }
    out_ << wrapped(what_ == Stopped::kReceive ? "It has left your machine: replace it where it was issued, whatever becomes of the push."
                                               : "A credential that was ever pushed is known to others: taking it out is not enough, replace it where it was issued.",
                    0, width_);
    for (std::string_view url : urls) out_ << "  " << printable(url) << '\n';
  }

  void write_allow() {
    if (what_ == Stopped::kMessage) return;
    if (what_ == Stopped::kReceive) return write_entries();
    std::vector<std::string> commands;
    std::set<std::string_view> ids;
    for (const model::Credential& credential : view_.result().credentials) {
      ids.insert(credential.pattern->id);
      for (const model::Sighting& sighting : credential.sightings) {
        if (commands.size() == kMaxCommands) break;
        if (std::string command = allow_command(credential, sighting); !command.empty()) commands.push_back(std::move(command));
      }
    }
    if (commands.empty()) {
      out_ << wrapped("Is it meant to be there? Then say why in a comment in its line:", 0, width_);
      for (std::string_view id : ids) out_ << "  keywake:allow " << printable(id) << " <why>\n";
      return;
    }
    out_ << wrapped("Is it meant to be there? Then say why in its line (put your reason for <why>), and git add it:", 0, width_);
    for (const std::string& command : commands) out_ << "  " << printable(command) << '\n';
  }

  // What a push says of itself does not count: a comment would not help.
  void write_entries() {
    out_ << wrapped("Is it meant to be there? A push cannot allow itself, so words in it do not help. Whoever may allow it puts an entry into keywake.toml on the branch first "
                    "(on the default branch if this one is new), in a push of its own; then push this again:",
                    0, width_);
    std::set<std::pair<std::string, std::string_view>> places;
    for (const model::Credential& credential : view_.result().credentials) {
      for (const model::Sighting& sighting : credential.sightings) {
        const std::string path(model::outer_file(sighting.path));
        const bool plain = !is_pseudo_path(sighting.path) && printable(path) == path && path.find_first_of("\"\\*?[") == std::string::npos;
        if (plain && places.size() < kMaxCommands) places.emplace(path, credential.pattern->id);
      }
    }
    for (const auto& [path, id] : places) out_ << fmt::format("  [[allow]]\n  paths = [\"/{}\"]\n  patterns = [\"{}\"]\n  reason = \"<why>\"\n", path, printable(id));
  }

  void write_detour() {
    if (what_ == Stopped::kReceive) return;
    out_ << wrapped(fmt::format("To pass by this check once: git {} --no-verify", what_ == Stopped::kPush ? "push" : "commit"), 0, width_);
  }

  const View& view_;
  const Stopped what_;
  std::ostream& out_;
  const std::size_t width_;
};

}  // namespace

std::string allow_command(const model::Credential& credential, const model::Sighting& sighting) {
  const bool in_text = sighting.path.find("!/") == std::string::npos && !is_pseudo_path(sighting.path);
  const auto comment = comment_of(sighting.path);
  const std::string path = shell_word(sighting.path);
  if (!in_text || !comment || path.empty()) return {};
  const std::string words = fmt::format("{} keywake:allow {} <why>{}", comment->before, credential.pattern->id, comment->after);
  // A key block bears nothing between its lines: the words go above it.
  if (sighting.end_line > sighting.line) return fmt::format("sed -i '{}i {}' {}", sighting.line, words, path);
  return fmt::format("sed -i '{}s|$|  {}|' {}", sighting.line, words, path);
}

void write_hook_text(const View& view, Stopped what, std::ostream& out) { HookText(view, what, out).write(); }

}  // namespace keywake::report
