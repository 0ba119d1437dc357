#pragma once

#include <instar/database/error.hpp>
#include <instar/schema/dialect.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace instar {
namespace detail {

inline std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a') + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A') + 10;
  }
  return std::nullopt;
}

/// Decodes `%XX`; nothing when an escape is broken or stands for NUL, which libpq refuses too.
inline std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) {
      return std::nullopt;
    }
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low || (*high == 0 && *low == 0)) {
      return std::nullopt;
    }
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return decoded;
}

/// Encodes everything but RFC 3986's unreserved characters.
inline std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte / 16];
      encoded += digits[byte % 16];
    }
  }
  return encoded;
}

/// An environment variable that is set and not empty.
inline std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  return std::string{value};
}

struct url_parameter {
  std::string_view key;
  std::string_view value;  ///< still percent-encoded
};

}  // namespace detail

/// What a connection needs beside the URL's own text; see `database_url::libpq_text`.
struct libpq_settings {
  std::string application_name;          ///< used unless the URL or PGAPPNAME names one
  unsigned connect_timeout_seconds = 0;  ///< used unless the URL or PGCONNECT_TIMEOUT sets one; 0: none
  bool read_only = false;                ///< start the session with default_transaction_read_only
};

/// A database's address.
///
/// | text | names |
/// |---|---|
/// | `postgresql://…`, `postgres://…` | a PostgreSQL database, in everything that libpq understands as a URI |
/// | `sqlite:dev.db`, `sqlite:/var/dev.db`, `sqlite:///var/dev.db` | a SQLite file; relative to the working folder |
/// | `file:dev.db` | the same, in the spelling of Prisma |
/// | `sqlite::memory:` | a SQLite database that lives as long as its connection |
///
/// Prisma's own parameters are understood, so that its URLs work as they are: `schema` becomes the search path, and
/// those of its connection pool (`connection_limit`, `pool_timeout`, `pgbouncer` …) are left out of what libpq sees.
///
/// A value type; its text holds the password, so print `redacted()`.
class database_url {
 public:
  /// \throws database_error `unknown_scheme`, `malformed_url`; neither shows the text.
  explicit database_url(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
      throw malformed("it contains a NUL byte");
    }
    const std::size_t colon = text.find(':');
    const std::string_view scheme = colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon);
    if (scheme == "postgresql" || scheme == "postgres") {
      dialect_ = instar::postgres;
      parse_postgres(text.substr(colon + 1));
    } else if (scheme == "sqlite" || scheme == "file") {
      dialect_ = instar::sqlite;
      parse_sqlite(text.substr(colon + 1), scheme);
    } else {
      // The text may be a password somebody pasted, so it is not shown; a scheme before :// is safe.
      const bool has_scheme = colon != std::string_view::npos && text.substr(colon).starts_with("://");
      throw database_error(
          database_code::unknown_scheme,
          {.message = has_scheme ? "No database is known for a URL that starts with '" + std::string{scheme} + "://'."
                                 : "The database URL starts with no known scheme.",
           .remedy = "Write postgresql://user@host/database, sqlite:FILE or file:FILE."});
    }
  }

  [[nodiscard]] instar::dialect dialect() const noexcept { return dialect_; }

  /// The host and database, or the file: for people to read; no user, password or parameter in it.
  [[nodiscard]] std::string redacted() const {
    if (dialect_ == instar::sqlite) {
      return path_;
    }
    std::string host = parameter("host").value_or(decoded_hosts());
    if (host.empty()) {
      host = parameter("hostaddr").value_or(std::string{});
    }
    if (host.empty()) {
      host = detail::environment_variable("PGHOST").value_or("local");
    }
    if (const auto port = parameter("port"); port && host.find(':') == std::string::npos) {
      host += ':' + *port;
    }
    return (host.starts_with('/') ? "unix:" + host : host) + '/' + database_name();
  }

  /// SQLite: the file, as it goes to sqlite3, or `:memory:`. PostgreSQL: empty.
  [[nodiscard]] const std::string& sqlite_path() const noexcept { return path_; }

  /// Whether `pgbouncer=true` says that a pooler hands out sessions transaction by transaction: nothing that belongs to
  /// a session, such as an advisory lock, outlives a transaction then.
  [[nodiscard]] bool through_pooler() const noexcept { return pooled_; }

  /// Whether this is `sqlite::memory:`.
  [[nodiscard]] bool is_memory() const noexcept { return dialect_ == instar::sqlite && path_ == ":memory:"; }

  /// PostgreSQL: the database's name, libpq's default included as far as it shows in URL and environment.
  /// SQLite: the file, as `sqlite_path()`.
  [[nodiscard]] std::string database_name() const {
    if (dialect_ == instar::sqlite) {
      return path_;
    }
    if (auto name = parameter("dbname"); name && !name->empty()) {
      return std::move(*name);
    }
    if (!database_.empty()) {
      return database_;
    }
    if (auto name = detail::environment_variable("PGDATABASE")) {
      return std::move(*name);
    }
    if (auto name = parameter("user"); name && !name->empty()) {
      return std::move(*name);
    }
    if (!user_.empty()) {
      return user_;
    }
    return detail::environment_variable("PGUSER").value_or(std::string{});
  }

  /// The search path that Prisma's `?schema=` asks for; empty without it.
  [[nodiscard]] const std::string& schema() const noexcept { return schema_; }

  /// The same server, role and parameters with another database. SQLite: another file (or `:memory:`).
  [[nodiscard]] database_url with_database(std::string_view name) const {
    database_url other = *this;
    if (dialect_ == instar::sqlite) {
      other.path_ = name;
    } else {
      other.database_ = name;
      std::erase_if(other.parameters_, [](const auto& entry) { return entry.first == "dbname"; });
    }
    return other;
  }

  /// PostgreSQL: the same database with another search path, for as long as the connection lasts. `schema()` is its
  /// first schema then. \param schemas names as they are, not quoted; none: the server's own search path
  [[nodiscard]] database_url with_search_path(std::vector<std::string> schemas) const {
    database_url other = *this;
    other.schema_ = schemas.empty() ? std::string{} : schemas.front();
    other.search_path_ = std::move(schemas);
    return other;
  }

  /// PostgreSQL: the URI for libpq. HOLDS THE PASSWORD: it goes to the connection and nowhere else.
  ///
  /// It is the URL's own text, and behind it what every connection of ours has: client_encoding=UTF8 (a script is UTF-8
  /// whatever the database's encoding is) and the settings given. All of it travels in the startup packet, so it
  /// costs no round trip.
  [[nodiscard]] std::string libpq_text(const libpq_settings& settings = {}) const {
    std::string text = "postgresql://" + authority_ + '/' + detail::percent_encode(database_);
    char separator = '?';
    const auto add = [&](std::string_view key, std::string_view value) {
      text += separator;
      separator = '&';
      text += key;
      text += '=';
      text += detail::percent_encode(value);
    };
    std::string options;
    for (const auto& [key, value] : parameters_) {
      if (key == "options") {
        options = value;
      } else if (key != "client_encoding") {
        add(key, value);
      }
    }
    add("client_encoding", "UTF8");
    if (!settings.application_name.empty()) {
      add("fallback_application_name", settings.application_name);
    }
    if (settings.connect_timeout_seconds != 0 && !parameter("connect_timeout") &&
        !detail::environment_variable("PGCONNECT_TIMEOUT")) {
      add("connect_timeout", std::to_string(settings.connect_timeout_seconds));
    }
    if (options.empty()) {
      options = detail::environment_variable("PGOPTIONS").value_or(std::string{});
    }
    std::string ours;
    if (const std::string path = search_path_text(); !path.empty()) {
      ours += " -c search_path=" + startup_option_value(path);
    }
    if (settings.read_only) {
      ours += " -c default_transaction_read_only=on";
    }
    if (!ours.empty() || parameter("options")) {
      options += ours;
      add("options", options);
    }
    return text;
  }

  /// `text` with this URL's passwords taken out: for messages of libraries that quote what they were given.
  [[nodiscard]] std::string without_secrets(std::string_view text) const {
    std::vector<std::string> forms{raw_password_};
    for (const std::string& secret : secrets_) {
      forms.push_back(secret);
      forms.push_back(detail::percent_encode(secret));
    }
    std::sort(forms.begin(), forms.end());
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    constexpr std::string_view mask = "***";
    std::string clean{text};
    for (const std::string& secret : forms) {
      if (secret.empty()) {
        continue;
      }
      for (std::size_t at = clean.find(secret); at != std::string::npos; at = clean.find(secret, at + mask.size())) {
        clean.replace(at, secret.size(), mask);
      }
    }
    return clean;
  }

 private:
  static database_error malformed(const std::string& cause, std::string remedy = {}) {
    return database_error(database_code::malformed_url,
                          {.message = "The database URL cannot be read: " + cause + ".", .remedy = std::move(remedy)});
  }

  static constexpr const char* encode_remedy =
      "Write special characters of a user name or password percent-encoded (@ as %40, : as %3A, / as %2F, % as %25).";

  // Splits as libpq's conninfo_uri_parse_options does. What libpq would refuse with a message that quotes the text (and
  // with it the password) is refused here first.
  void parse_postgres(std::string_view rest) {
    if (!rest.starts_with("//")) {
      throw malformed("'//' must follow the scheme", "Write postgresql://user@host/database.");
    }
    rest.remove_prefix(2);
    const std::size_t at = rest.find_first_of("@/");
    std::size_t hosts_begin = 0;
    if (at != std::string_view::npos && rest[at] == '@') {
      const std::string_view user_info = rest.substr(0, at);
      const std::size_t colon = user_info.find(':');
      user_ = decode(user_info.substr(0, colon), "user name");
      if (colon != std::string_view::npos) {
        raw_password_ = user_info.substr(colon + 1);
        secrets_.push_back(decode(raw_password_, "password"));
      }
      hosts_begin = at + 1;
    }
    const std::size_t hosts_end = std::min(rest.find_first_of("/?", hosts_begin), rest.size());
    check_hosts(rest.substr(hosts_begin, hosts_end - hosts_begin));
    hosts_ = rest.substr(hosts_begin, hosts_end - hosts_begin);
    authority_ = rest.substr(0, hosts_end);
    std::size_t query = hosts_end;
    if (hosts_end < rest.size() && rest[hosts_end] == '/') {
      query = std::min(rest.find('?', hosts_end), rest.size());
      database_ = decode(rest.substr(hosts_end + 1, query - hosts_end - 1), "database name");
    }
    if (query < rest.size()) {
      for (const auto& [key, value] : split_parameters(rest.substr(query + 1))) {
        keep_postgres_parameter(decode(key, "parameter name"), decode(value, "parameter"));
      }
    }
  }

  void check_hosts(std::string_view hosts) const {
    if (hosts.find('@') != std::string_view::npos) {
      throw malformed("there is an '@' in its host, so probably one in its password", encode_remedy);
    }
    while (!hosts.empty()) {
      std::string_view host = hosts.substr(0, hosts.find(','));
      hosts.remove_prefix(std::min(host.size() + 1, hosts.size()));
      if (host.starts_with('[')) {
        const std::size_t bracket = host.find(']');
        if (bracket == std::string_view::npos) {
          throw malformed("the '[' of its IPv6 address is not closed");
        }
        host.remove_prefix(bracket + 1);
        if (!host.empty() && host.front() != ':') {
          throw malformed("something other than a port follows the ']' of its IPv6 address");
        }
      }
      decode(host.substr(0, host.find(':')), "host");
      const std::size_t colon = host.find(':');
      const std::string_view port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
      if (port.find_first_not_of("0123456789") != std::string_view::npos) {
        throw malformed("its port is not a number, or a '/' or '@' stands unescaped in its password", encode_remedy);
      }
    }
  }

  void keep_postgres_parameter(std::string key, std::string value) {
    static constexpr std::string_view of_prismas_pool[] = {"connection_limit",     "pool_timeout",
                                                           "socket_timeout",       "pgbouncer",
                                                           "statement_cache_size", "single_use_connections"};
    pooled_ = pooled_ || (key == "pgbouncer" && value == "true");
    if (key == "schema") {
      schema_ = std::move(value);
    } else if (std::find(std::begin(of_prismas_pool), std::end(of_prismas_pool), key) == std::end(of_prismas_pool)) {
      if (key == "password" || key == "sslpassword") {
        secrets_.push_back(value);
      }
      parameters_.emplace_back(std::move(key), std::move(value));
    }
  }

  void parse_sqlite(std::string_view rest, std::string_view scheme) {
    const std::size_t query = rest.find('?');
    std::string_view path = rest.substr(0, query);
    if (path.starts_with("//")) {
      path.remove_prefix(2);  // an authority, which a file has not: sqlite:///var/dev.db, sqlite://dev.db
    }
    if (path.empty()) {
      throw malformed("it names no file", "Write " + std::string{scheme} + ":FILE, or sqlite::memory:.");
    }
    path_ = path;
    if (query == std::string_view::npos) {
      return;
    }
    for (const auto& [key, value] : split_parameters(rest.substr(query + 1))) {
      if (key != "connection_limit" && key != "socket_timeout" && key != "pool_timeout" && key != "connect_timeout") {
        throw malformed("a SQLite URL has no parameter '" + std::string{key} + "'",
                        "Leave out what stands after the '?'.");
      }
    }
  }

  static std::vector<detail::url_parameter> split_parameters(std::string_view query) {
    std::vector<detail::url_parameter> parameters;
    while (!query.empty()) {
      const std::string_view entry = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(entry.size() + 1, query.size()));
      const std::size_t equals = entry.find('=');
      if (equals == std::string_view::npos || entry.find('=', equals + 1) != std::string_view::npos) {
        throw malformed("a parameter after the '?' is not KEY=VALUE",
                        "Write special characters of a value percent-encoded (& as %26, = as %3D).");
      }
      parameters.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
    }
    return parameters;
  }

  static std::string decode(std::string_view text, const char* what) {
    auto decoded = detail::percent_decode(text);
    if (!decoded) {
      throw malformed("a '%' in its " + std::string{what} + " does not start an escape such as %40", encode_remedy);
    }
    return std::move(*decoded);
  }

  static std::string quoted_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) {
      if (c == '"') {
        quoted += '"';
      }
      quoted += c;
    }
    quoted += '"';
    return quoted;
  }

  // The server splits `options` at white space; a backslash takes that meaning away.
  static std::string startup_option_value(std::string_view value) {
    std::string escaped;
    for (const char c : value) {
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\\') {
        escaped += '\\';
      }
      escaped += c;
    }
    return escaped;
  }

  // Prisma's `?schema=public` leaves the server's own search path, a path that was asked for is taken at its word.
  [[nodiscard]] std::string search_path_text() const {
    if (search_path_.empty()) {
      return schema_.empty() || schema_ == "public" ? std::string{} : quoted_identifier(schema_);
    }
    std::string path;
    for (const std::string& schema : search_path_) {
      path += (path.empty() ? "" : ", ") + quoted_identifier(schema);
    }
    return path;
  }

  [[nodiscard]] std::string decoded_hosts() const { return detail::percent_decode(hosts_).value_or(std::string{}); }

  // The last of a repeated parameter counts, as in libpq.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view key) const {
    for (auto entry = parameters_.rbegin(); entry != parameters_.rend(); ++entry) {
      if (entry->first == key) {
        return entry->second;
      }
    }
    return std::nullopt;
  }

  instar::dialect dialect_ = instar::sqlite;
  std::string path_;       // SQLite
  std::string authority_;  // as written, user and password included
  std::string hosts_;      // as written
  std::string user_;       // decoded
  std::string database_;   // decoded
  bool pooled_ = false;
  std::string schema_;                                           // decoded
  std::vector<std::string> search_path_;                         // decoded
  std::string raw_password_;                                     // as written
  std::vector<std::pair<std::string, std::string>> parameters_;  // decoded
  std::vector<std::string> secrets_;                             // decoded
};

}  // namespace instar
