// Api: one provider's HTTP interface, asked as a tree is walked: each answer may ask for more (the groups, their projects, the variables of
// each), a number of requests are under way at once, and run() returns when there is nothing left to ask.
//   - 429, overload and failing connections are tried again, after what Retry-After says or with growing waits; while a host asks for peace
//     nothing else is sent to it. GitHub's two ways of the same (403 with Retry-After, or with X-RateLimit-Remaining: 0 and -Reset) as well.
//   - What cannot be read becomes a failed Skip that names it, and the rest goes on; after kUnreachableAfter failures without an answer in
//     between nobody is there, and what is left is not tried one by one.
// Ownership: refers to the Listing. Thread safety: none, one thread at a time.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/client.h"
#include "stores/providers.h"

namespace keywake::stores {

using Json = nlohmann::json;

struct Login {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string ca;           // PEM, as in net::Request
  std::string certificate;
  std::string private_key;
};

class Api {
 public:
  /// `base`: "https://gitlab.example.com/api/v4", which paths are appended to.
  static Result<std::unique_ptr<Api>> make(std::string base, Login login, const StoreOptions& options, const Target& target, Listing& out);

  /// The body is JSON; an answer other than 200 becomes a Skip.
  using Got = std::function<void(const Json& body, const net::Answer& answer)>;
  /// Given the status, 0 if there was none: true says that it was expected, and no Skip is made.
  using Refused = std::function<bool(int status)>;

  /// `what` names, in a Skip, what is asked for: "variables of project acme/shop".
  void get(std::string path, std::string what, Got got, Refused refused = {});
  /// The same of a body that may be anything.
  using GotText = std::function<void(const net::Answer& answer)>;
  void get_text(std::string path, std::string what, GotText got, Refused refused = {});

  /// Every page of a list. `next` takes the path of the next page from a page, and absent is the end; `items` names the member that holds the
  /// list, and empty is the page itself.
  using Next = std::function<std::optional<std::string>(const Json& body, const net::Answer& answer)>;
  void pages(std::string path, std::string what, std::string items, Next next, std::function<void(const Json& item)> got, Refused refused = {},
             int page = 1);

  /// The next page is where a Link header with rel="next" leads (RFC 8288), or a member of the body that is a URL.
  Next by_link(std::string what);
  Next by_url(std::string what, std::string name);

  void run();

  void skip(std::string what, std::string reason);
  /// Valid until the next call.
  StoredVariable& add(std::string scope, std::string name);
  [[nodiscard]] const OutputOptions& outputs() const { return options_.outputs; }
  /// Of a job that is called so in `scope`, with the date that bounds it: "log", "/projects/1/jobs/2/trace".
  JobOutput& add_output(model::CiSource source, std::string scope, std::string name, std::int64_t date, std::string path);
  /// The same of what the provider has no more.
  void gone(const std::string& scope, const std::string& name);
  /// `next`, until the last item of a page is not wanted: for lists that begin with the newest.
  Next while_wanted(Next next, std::string items, std::function<bool(const Json& item)> wanted);
  /// A URL that the provider gave, less the base; absent if it leads to another origin, where the token must not go.
  [[nodiscard]] std::optional<std::string> path_of(std::string_view url) const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Job {
    std::string path, what;
    GotText got;
    Refused refused;
    int attempts = 0;
    Time not_before;
  };

  Api(std::string base, Login login, const StoreOptions& options, const Target& target, Listing& out)
      : base_(std::move(base)), login_(std::move(login)), options_(options), target_(target.text), out_(out) {}
  std::optional<std::string> follow(std::string_view url, const std::string& what);
  void send(Job job);
  void take(Job job, const net::Answer& answer);
  void settle(const Job& job, const net::Answer& answer);

  std::string base_;
  Login login_;
  const StoreOptions& options_;
  std::string target_;
  Listing& out_;
  std::unique_ptr<net::Client> client_;
  std::deque<Job> waiting_;
  std::vector<Job> delayed_;
  Time not_before_;
  int failures_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

/// A member as text, empty if there is none or it is something else; likewise the others.
std::string text(const Json& object, std::string_view name);
/// A variable's value: a string as it is, numbers and the like as JSON.
Secret value_in(const Json& object, std::string_view name);
std::optional<bool> flag(const Json& object, std::string_view name);
/// A list's items, or those of a member that is one; none if it is no list.
const Json& items(const Json& object, std::string_view name);
/// A member that is an object; an empty one if there is none.
const Json& child(const Json& object, std::string_view name);
/// A member that is a number, as text; empty if there is none.
std::string number(const Json& object, std::string_view name);

/// "2024-03-01T14:22:05Z", with fractions and offsets (RFC 3339): seconds since 1970, 0 for what is none.
std::int64_t seconds_of(std::string_view date);

/// The path with "&page=2" or "?page=2" appended, both percent-encoded.
std::string with(std::string_view path, std::string_view name, std::string_view value);

/// The token of --token-file, or of the first of these environment variables that is set; fails naming them if there is none.
Result<std::string> access_token(const StoreOptions& options, const Target& target, const std::vector<const char*>& variables);
std::string from_environment(const char* name);

}  // namespace keywake::stores
