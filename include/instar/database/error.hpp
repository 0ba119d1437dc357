#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace instar {

/// The stable codes of everything that can go wrong between a URL and a result. Compare with `==`.
namespace database_code {
inline constexpr std::string_view unknown_scheme = "INS3001";  ///< the URL starts with no scheme we know
inline constexpr std::string_view malformed_url = "INS3002";   ///< the URL has a scheme, but cannot be read
inline constexpr std::string_view no_url = "INS3003";          ///< no URL given, none in the environment, none in .env
inline constexpr std::string_view malformed_environment = "INS3004";  ///< .env cannot be read
inline constexpr std::string_view not_compiled_in = "INS3005";        ///< this program was built without that database
inline constexpr std::string_view unreachable = "INS3010";            ///< no server answers there
inline constexpr std::string_view authentication = "INS3011";  ///< wrong password, unknown role, no pg_hba.conf entry
inline constexpr std::string_view database_missing =
    "INS3012";                                                 ///< the server (or folder) is there, the database is not
inline constexpr std::string_view refused = "INS3013";         ///< the server answered and refused for another reason
inline constexpr std::string_view folder_missing = "INS3014";  ///< a SQLite file in a folder that does not exist
inline constexpr std::string_view cannot_open = "INS3015";     ///< a SQLite file that may not be opened, or a folder
inline constexpr std::string_view not_a_database = "INS3016";  ///< a file that is no SQLite database, or a damaged one
inline constexpr std::string_view read_only = "INS3017";       ///< a write to a database that is read-only
inline constexpr std::string_view busy = "INS3018";            ///< somebody else holds the lock that is needed
inline constexpr std::string_view connection_lost = "INS3019";   ///< the server went away
inline constexpr std::string_view statement_failed = "INS3020";  ///< the database rejected a statement
inline constexpr std::string_view interrupted = "INS3021";       ///< cancelled by interrupt() or by an administrator
inline constexpr std::string_view invalid_text = "INS3022";      ///< a NUL byte in SQL text or in a parameter
inline constexpr std::string_view copy_data = "INS3023";         ///< COPY to or from the client inside execute()
inline constexpr std::string_view database_exists = "INS3024";   ///< create_database found it already there
inline constexpr std::string_view permission = "INS3025";        ///< the role may not do that
inline constexpr std::string_view column_count = "INS3030";  ///< a row has not as many columns as its type has members
inline constexpr std::string_view bad_value = "INS3031";     ///< a column's text is no value of its member's type
inline constexpr std::string_view row_count = "INS3032";     ///< one row was expected
}  // namespace database_code

/// What a `database_error` carries; every field that a database does not tell stays empty.
struct database_error_fields {
  std::string message{};   ///< one sentence of cause, the database's own where there is one
  std::string remedy{};    ///< one sentence of what to do, may be empty
  std::string sqlstate{};  ///< PostgreSQL's five characters, or SQLite's extended code name ("SQLITE_BUSY")
  std::string detail{};    ///< PostgreSQL's DETAIL
  std::string hint{};      ///< PostgreSQL's HINT
  std::string context{};   ///< PostgreSQL's QUERY and CONTEXT (the function and line inside it)
  std::optional<std::size_t> offset{};  ///< byte offset of the error in the SQL text that was sent
  bool transient = false;  ///< of an attempt to connect: a later one may succeed though nobody does anything
};

/// Anything that went wrong while finding, opening or talking to a database.
///
/// No field ever holds a password or a whole connection string. `what()` is "CODE: message remedy".
class database_error : public std::runtime_error {
 public:
  /// \param code one of `database_code`; must outlive the error (a literal).
  database_error(std::string_view code, database_error_fields fields)
      : std::runtime_error(compose(code, fields)), code_(code), fields_(std::move(fields)) {}

  [[nodiscard]] std::string_view code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return fields_.message; }
  [[nodiscard]] const std::string& remedy() const noexcept { return fields_.remedy; }
  [[nodiscard]] const std::string& sqlstate() const noexcept { return fields_.sqlstate; }
  [[nodiscard]] const std::string& detail() const noexcept { return fields_.detail; }
  [[nodiscard]] const std::string& hint() const noexcept { return fields_.hint; }
  [[nodiscard]] const std::string& context() const noexcept { return fields_.context; }

  /// Byte offset of the error in the SQL text that was sent.
  ///
  /// PostgreSQL tells it for errors that it finds in the text (syntax, unknown names), not for those of the data.
  /// SQLite: the failing token where sqlite3 tells it, otherwise the first byte of the failing statement.
  [[nodiscard]] std::optional<std::size_t> offset() const noexcept { return fields_.offset; }

  /// Whether an attempt to connect failed by what passes: nobody listens yet, the server is starting or recovering, a
  /// name could not be resolved just now. Not a wrong password, and not a database or a host that does not exist.
  [[nodiscard]] bool transient() const noexcept { return fields_.transient; }

 private:
  static std::string compose(std::string_view code, const database_error_fields& fields) {
    std::string text{code};
    text += ": ";
    text += fields.message;
    if (!fields.remedy.empty()) {
      text += ' ';
      text += fields.remedy;
    }
    return text;
  }

  std::string_view code_;
  database_error_fields fields_;
};

}  // namespace instar
