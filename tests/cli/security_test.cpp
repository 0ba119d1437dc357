// What must not leak, and what must not get out of its quotes.

#include "cli/program.hpp"
#include "support/postgres_server.hpp"

#include <instar/cli/cli.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using namespace instar_test;

namespace {

constexpr const char* secret = "s3cret/p@ss w0rd";
constexpr const char* escaped_secret = "s3cret%2Fp%40ss%20w0rd";

/// A database of the role that is asked for its password.
struct guarded {
  scratch_database database;
  std::string without;  ///< its URL, which names the role and no password
  std::string with;     ///< and with it

  guarded() {
    const auto server = database.open();
    server->execute(
        "DO $$ BEGIN CREATE ROLE instar_needs_password; EXCEPTION WHEN duplicate_object OR unique_violation "
        "THEN NULL; END $$; ALTER ROLE instar_needs_password LOGIN CONNECTION LIMIT -1 PASSWORD '" +
        std::string{secret} + "'; GRANT ALL ON SCHEMA public TO instar_needs_password");
    const std::string url = database.url().libpq_text();
    const std::size_t from = url.find("//") + 2;
    const std::size_t end = url.find('@') + 1;
    without = url;
    without.replace(from, end - from, "instar_needs_password@");
    with = url;
    with.replace(from, end - from, "instar_needs_password:" + std::string{escaped_secret} + "@");
  }
};

bool leaks(const std::string& text) {
  return contains(text, secret) || contains(text, escaped_secret) || contains(text, "s3cret") || contains(text, "w0rd");
}

std::string hidden(std::string word) {
  std::string program = "instar";
  char* words[] = {program.data(), word.data(), nullptr};
  instar::cli::detail::hide_passwords(2, words);
  return word;
}

}  // namespace

TEST_CASE("a password is in no output, whatever goes well or wrong") {
  const guarded g;
  const std::vector<std::string> urls{g.with,
                                      g.with + "&no_such_option=1",
                                      "postgresql://u:" + std::string{escaped_secret} +
                                          "@127.0.0.1:1/x?connect_timeout=2",
                                      "postgresql://u:" + std::string{escaped_secret} + "@[::1/x",
                                      "postgresql://u:" + std::string{escaped_secret} + "@h:notaport/x",
                                      "postgresql://h/x?password=" + std::string{escaped_secret} + "&port=1",
                                      "mysql://u:" + std::string{escaped_secret} + "@h/x"};
  const std::vector<std::vector<std::string>> commands{{"migrate", "deploy"},
                                                       {"migrate", "status"},
                                                       {"db", "pull"},
                                                       {"migrate", "diff", "--from", "database", "--to", "empty"}};
  for (const std::string& url : urls)
    for (const std::vector<std::string>& command : commands)
      for (const char* form : {"--json", "--verbose"})
        for (const bool by_environment : {true, false}) {
          const project p{by_environment ? url : std::string{}};
          p.migration("20240101000000_one", "CREATE TABLE IF NOT EXISTS one (id bigint PRIMARY KEY);\n");
          std::vector<std::string> words = command;
          words.emplace_back(form);
          if (!by_environment)
            words.insert(words.end(), {"--url", url});
          const process_result result = p.run(without_models, words);
          INFO(result.out << result.err);
          CHECK_FALSE(leaks(result.out + result.err));
        }
  // Nor does the database keep it.
  CHECK(g.database.open()->query_value("SELECT count(*) FROM _instar_migrations m WHERE m::text LIKE '%w0rd%'") == "0");
}

TEST_CASE("the list of processes shows no password") {
  CHECK(hidden("postgresql://ada:pw@h/app") == "postgresql://ada:xx@h/app");
  CHECK(hidden("--url=postgresql://ada:p@w@h:5432/app?sslmode=require") ==
        "--url=postgresql://ada:xxx@h:5432/app?sslmode=require");
  CHECK(hidden("postgresql://h/app?password=secret&port=1") == "postgresql://h/app?password=xxxxxx&port=1");
  CHECK(hidden("postgresql://h:5432/app?user=a&sslpassword=s") == "postgresql://h:5432/app?user=a&sslpassword=x");
  CHECK(hidden("postgresql://h:5432/app") == "postgresql://h:5432/app");
  CHECK(hidden("sqlite:a:b@c") == "sqlite:a:b@c");

  const guarded g;
  const project p{""};
  p.migration("20240101000000_slow", "SELECT pg_sleep(60);\n");
  process running{project::command(without_models, {"migrate", "deploy", "--url", g.with}), p.options()};
  REQUIRE(running.wait_for("Database: "));
  std::ifstream arguments{"/proc/" + std::to_string(running.id()) + "/cmdline", std::ios::binary};
  const std::string seen{std::istreambuf_iterator<char>{arguments}, {}};
  CHECK(contains(seen, "instar_needs_password:xxx"));
  CHECK_FALSE(leaks(seen));
  running.signal(SIGTERM);
  (void)running.finish(std::chrono::seconds{20});
}

TEST_CASE("libpq's own ways to give a password, a host, a service are heard") {
  const guarded g;
  const project p{g.without};
  p.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  const auto status = [&](const std::string& name, const std::string& value) {
    process_options chosen = p.options();
    chosen.environment[name] = value;
    return run_process(project::command(without_models, {"migrate", "deploy"}), chosen);
  };
  CHECK(status("INSTAR_NOTHING", "1").exit_code == 1);
  CHECK(status("PGPASSWORD", secret).exit_code == 0);

  p.write("pass", "*:*:*:instar_needs_password:" + std::string{secret} + "\n");
  std::filesystem::permissions(p.path() / "pass", std::filesystem::perms::owner_read);
  const process_result by_file = status("PGPASSFILE", (p.path() / "pass").string());
  INFO(by_file.err);
  CHECK(by_file.exit_code == 0);

  const std::string url = g.database.url().libpq_text();
  const auto part = [&](const std::string& from, const std::string& until) {
    const std::size_t begin = url.find(from) + from.size();
    return url.substr(begin, std::min(url.find(until, begin), url.size()) - begin);
  };
  std::string host = part("host=", "&");
  for (std::size_t at = 0; (at = host.find("%2F", at)) != std::string::npos;)
    host.replace(at, 3, "/");
  p.write("services", "[instar_test]\nhost=" + host + "\ndbname=" + g.database.url().database_name() +
                          "\nuser=instar_needs_password\npassword=" + std::string{secret} + "\n");
  process_options chosen = p.options();
  chosen.environment["PGSERVICEFILE"] = (p.path() / "services").string();
  chosen.environment["DATABASE_URL"] = "postgresql://?service=instar_test";
  const process_result by_service = run_process(project::command(without_models, {"migrate", "status"}), chosen);
  INFO(by_service.err);
  CHECK(by_service.exit_code == 0);
  CHECK_FALSE(leaks(by_service.out + by_service.err));

  // On a Unix socket libpq passes over a good sslmode; a bad one shows who reads it.
  const project encrypted{g.with + "&sslmode=perhaps"};
  encrypted.migration("20240101000000_one", "SELECT 1;\n");
  const process_result refused = encrypted.run(without_models, {"migrate", "deploy"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "sslmode"));
  CHECK_FALSE(leaks(refused.out + refused.err));
}

TEST_CASE("hostile names of migrations stay names") {
  const bool server = GENERATE(false, true);
  scratch_database database;
  const project p{server ? database.url().libpq_text() : "sqlite:dev.db"};
  const std::vector<std::string> names{"20240101000000_it's", "20240102000000_\"; DROP TABLE one; --",
                                       "20240103000000_$1 $$ %s ' \xC3\xA9", "20240104000000_'); DROP TABLE one; --"};
  int number = 0;
  for (const std::string& name : names)
    p.migration(name, "CREATE TABLE t" + std::to_string(++number) + " (id integer);\n");
  p.write("migrations/20240105000000_'pieces/migration.sql",
          "BEGIN; CREATE TABLE t5 (id integer); COMMIT;\nCREATE TABLE "
          "one (id integer);\nSELECT a FROM nowhere;\n");
  process_result result = p.run(without_models, {"migrate", "deploy"});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK(p.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "4");
  for (const std::string& name : names)
    CHECK(contains(p.run(without_models, {"migrate", "status"}).out, name));
  p.run_well(without_models, {"migrate", "resolve", "--rolled-back", "20240105000000_'pieces"});
  p.run_well(without_models, {"migrate", "resolve", "--applied", "20240105000000_'pieces"});
  CHECK(p.ask("SELECT count(*) FROM one") == "0");
}

TEST_CASE("a migrations folder does not lead out of itself") {
  const project p;
  p.write("outside/migration.sql", "CREATE TABLE outside (id integer);\n");
  std::filesystem::create_directories(p.migrations());
  SECTION("a link to a folder") {
    std::filesystem::create_directory_symlink(p.path() / "outside", p.migrations() / "20240101000000_link");
  }
  SECTION("a link to a script") {
    std::filesystem::create_directories(p.migrations() / "20240101000000_link");
    std::filesystem::create_symlink(p.path() / "outside/migration.sql",
                                    p.migrations() / "20240101000000_link" / "migration.sql");
  }
  SECTION("a link that climbs") {
    std::filesystem::create_directory_symlink("../outside", p.migrations() / "20240101000000_link");
  }
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "INS4004"));
  CHECK_FALSE(p.exists("dev.db"));
  // A name that climbs is no name.
  CHECK(p.run(without_models, {"migrate", "resolve", "--applied", "../outside"}).exit_code != 0);
}
