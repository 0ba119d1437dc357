// What a field's C++ type stands for, and what the named types say instead: as schema values, and as each database
// spells them.
#include <instar/instar.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <vector>

namespace types_test {

struct money {
  long long cents;
};
struct point {
  double x;
  double y;
};

}  // namespace types_test

template <>
struct instar::sql_type<types_test::money> {
  static constexpr instar::column_type value{.kind = instar::type_kind::numeric, .length = 12, .scale = 2};
};
template <>
struct instar::sql_type<types_test::point> {
  static constexpr instar::column_type value{.kind = instar::type_kind::custom, .custom = "point"};
};

namespace types_test {

namespace chrono = std::chrono;

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
enum class HTTPStatus { ok, not_found };
INSTAR_ENUM(HTTPStatus, ok, not_found)
enum class Colour { red, grey };
INSTAR_ENUM((Colour, "paint.colour"), red, (grey, "silver grey"))

using instar_test::text;
using instar_test::words;

/// The columns' types as a database spells them, a line each.
constexpr text<> spelled(instar::dialect d, const instar::table& t) {
  text<> out{};
  for (const instar::column& c : t.columns) {
    out.put(c.name);
    out.put(' ');
    if (d == instar::postgres)
      instar::detail::put_postgres_type(out, c.type);
    else
      instar::detail::put_sqlite_type(out, c.type);
    out.put('\n');
  }
  return out;
}

struct Numbers {
  bool flag;
  std::int8_t i8;
  std::int16_t i16;
  std::int32_t i32;
  std::int64_t i64;
  std::uint8_t u8;
  std::uint16_t u16;
  std::uint32_t u32;
  std::uint64_t u64;
  long long longest;
  unsigned char byte;
  float single;
  double twice;
  instar::decimal exact;
  money price;
};
INSTAR_MODEL(Numbers, "numbers", (flag), (i8), (i16), (i32), (i64), (u8), (u16), (u32), (u64), (longest), (byte),
             (single), (twice), (exact), (price))

struct Texts {
  std::string text;
  instar::uuid id;
  instar::json document;
  std::vector<std::byte> bytes;
  Role role;
  HTTPStatus status;
  Colour colour;
  point place;
};
INSTAR_MODEL(Texts, "texts", (text), (id), (document), (bytes), (role), (status), (colour), (place))

struct Arrays {
  std::vector<bool> flags;
  std::vector<std::int16_t> numbers;
  std::vector<std::uint64_t> large;
  std::vector<std::string> words;
  std::vector<std::vector<double>> matrix;
  std::vector<std::vector<std::vector<std::int32_t>>> cube;
  std::vector<instar::uuid> ids;
  std::vector<instar::json> documents;
  std::vector<std::vector<std::byte>> blobs;
  std::vector<chrono::sys_days> days;
  std::vector<Role> roles;
  std::vector<Colour> colours;
  std::vector<money> prices;
  std::vector<point> places;
  std::vector<std::optional<std::int64_t>> gaps;
};
INSTAR_MODEL(Arrays, "arrays", (flags), (numbers), (large), (words), (matrix), (cube), (ids), (documents), (blobs),
             (days), (roles), (colours), (prices), (places), (gaps))

using centiseconds = chrono::duration<std::int64_t, std::centi>;

struct Times {
  chrono::sys_time<chrono::nanoseconds> nano;
  chrono::sys_time<chrono::microseconds> micro;
  chrono::sys_time<chrono::milliseconds> milli;
  chrono::sys_time<centiseconds> centi;
  chrono::sys_seconds second;
  chrono::sys_time<chrono::minutes> minute;
  chrono::sys_time<chrono::hours> hour;
  chrono::sys_days day;
  chrono::sys_time<chrono::weeks> week;
  chrono::system_clock::time_point clock;
  chrono::year_month_day date;
  chrono::hh_mm_ss<chrono::nanoseconds> time_nano;
  chrono::hh_mm_ss<chrono::microseconds> time_micro;
  chrono::hh_mm_ss<chrono::milliseconds> time_milli;
  chrono::hh_mm_ss<chrono::seconds> time_second;
  chrono::hh_mm_ss<chrono::minutes> time_minute;
  chrono::nanoseconds span_nano;
  chrono::seconds span;
  chrono::days span_days;
  chrono::duration<double> span_real;
};
INSTAR_MODEL(Times, "times", (nano), (micro), (milli), (centi), (second), (minute), (hour), (day), (week), (clock),
             (date), (time_nano), (time_micro), (time_milli), (time_second), (time_minute), (span_nano), (span),
             (span_days), (span_real))

struct Optionals {
  std::optional<bool> flag;
  std::optional<std::int64_t> number;
  std::optional<std::string> text;
  std::optional<std::vector<std::string>> words;
  std::optional<std::vector<std::byte>> bytes;
  std::optional<chrono::sys_time<chrono::microseconds>> moment;
  std::optional<chrono::year_month_day> date;
  std::optional<chrono::seconds> span;
  std::optional<instar::json> document;
  std::optional<Role> role;
  std::optional<money> price;
};
INSTAR_MODEL(Optionals, "optionals", (flag), (number), (text), (words), (bytes), (moment), (date), (span), (document),
             (role), (price))

inline constexpr auto schema = instar::schema<Numbers, Texts, Arrays, Times, Optionals>();

// A named type says what the field's own type would not.
struct Named {
  std::string varchar_12;
  std::string char_2;
  std::string text_;
  std::string citext_;
  std::string bit_8;
  std::string varbit_8;
  instar::decimal numeric_12_2;
  instar::decimal numeric_12;
  std::int64_t smallint_;
  std::int64_t integer_;
  std::int32_t bigint_;
  std::string json_;
  std::string jsonb_;
  std::string uuid_;
  std::string bytea_;
  std::string date_;
  std::string interval_;
  std::string inet_;
  std::string cidr_;
  std::string macaddr_;
  std::string xml_;
  std::string tsvector_;
  std::string point_;
};
INSTAR_MODEL(Named, "named", (varchar_12, varchar<12>), (char_2, char_<2>), (text_, text), (citext_, citext),
             (bit_8, bit<8>), (varbit_8, varbit<8>), (numeric_12_2, numeric<12, 2>), (numeric_12, numeric<12>),
             (smallint_, smallint), (integer_, integer), (bigint_, bigint), (json_, json), (jsonb_, jsonb),
             (uuid_, uuid), (bytea_, bytea), (date_, date), (interval_, interval), (inet_, inet), (cidr_, cidr),
             (macaddr_, macaddr), (xml_, xml), (tsvector_, tsvector), (point_, type("geometry(Point, 4326)")))

struct NamedTimes {
  std::string time_;
  std::string time_0;
  std::string time_6;
  std::string timetz_;
  std::string timetz_3;
  std::string timestamp_;
  std::string timestamp_0;
  chrono::sys_seconds timestamp_3;
  std::string timestamptz_;
  chrono::sys_seconds timestamptz_3;
};
INSTAR_MODEL(NamedTimes, "named_times", (time_, time<>), (time_0, time<0>), (time_6, time<6>), (timetz_, timetz<>),
             (timetz_3, timetz<3>), (timestamp_, timestamp<>), (timestamp_0, timestamp<0>), (timestamp_3, timestamp<3>),
             (timestamptz_, timestamptz<>), (timestamptz_3, timestamptz<3>))

// Of an array it is the elements' type; spelled out it is the array's.
struct NamedArrays {
  std::vector<std::string> codes;
  std::optional<std::vector<std::string>> hosts;
  std::vector<std::vector<instar::decimal>> prices;
  std::vector<std::string> shapes;
  std::optional<std::string> maybe;
};
INSTAR_MODEL(NamedArrays, "named_arrays", (codes, varchar<12>), (hosts, inet), (prices, numeric<6, 3>),
             (shapes, type("point[]")), (maybe, char_<1>))

inline constexpr auto named = instar::schema<Named, NamedTimes, NamedArrays>();

}  // namespace types_test

namespace {

using namespace types_test;

constexpr const instar::table& numbers = schema.table("numbers");
constexpr const instar::table& texts = schema.table("texts");
constexpr const instar::table& arrays = schema.table("arrays");
constexpr const instar::table& times = schema.table("times");

}  // namespace

TEST_CASE("integers have the smallest type that holds all of their values") {
  STATIC_REQUIRE(words(numbers) == R"(numbers
  flag boolean
  i8 smallint
  i16 smallint
  i32 integer
  i64 bigint
  u8 smallint
  u16 integer
  u32 bigint
  u64 numeric(20,0)
  longest bigint
  byte smallint
  single real
  twice double_precision
  exact numeric
  price numeric(12,2)
)");
}

TEST_CASE("texts, documents, bytes and enums have their types") {
  STATIC_REQUIRE(words(texts) == R"(texts
  text text
  id uuid
  document jsonb
  bytes bytea
  role enum role
  status enum http_status
  colour enum paint.colour
  place custom 'point'
)");
}

TEST_CASE("vectors are arrays of their elements' type, each vector a dimension") {
  STATIC_REQUIRE(words(arrays) == R"(arrays
  flags boolean[]
  numbers smallint[]
  large numeric(20,0)[]
  words text[]
  matrix double_precision[][]
  cube integer[][][]
  ids uuid[]
  documents jsonb[]
  blobs bytea[]
  days date[]
  roles enum[] role
  colours enum[] paint.colour
  prices numeric(12,2)[]
  places custom[] 'point'
  gaps bigint[]
)");
}

TEST_CASE("times keep the digits that their ticks have") {
  STATIC_REQUIRE(words(times) == R"(times
  nano timestamptz
  micro timestamptz
  milli timestamptz(3)
  centi timestamptz(2)
  second timestamptz(0)
  minute timestamptz(0)
  hour timestamptz(0)
  day date
  week date
  clock timestamptz
  date date
  time_nano time
  time_micro time
  time_milli time(3)
  time_second time(0)
  time_minute time(0)
  span_nano interval
  span interval
  span_days interval
  span_real interval
)");
}

TEST_CASE("an optional is nullable and has the type of its value") {
  STATIC_REQUIRE(words(schema.table("optionals")) == R"(optionals
  flag boolean nullable
  number bigint nullable
  text text nullable
  words text[] nullable
  bytes bytea nullable
  moment timestamptz nullable
  date date nullable
  span interval nullable
  document jsonb nullable
  role enum role nullable
  price numeric(12,2) nullable
)");
}

TEST_CASE("the columns of an enum share its value") {
  STATIC_REQUIRE(texts.column("role").type.values == arrays.column("roles").type.values);
  STATIC_REQUIRE(words(*texts.column("role").type.values) == "role (member, admin)");
  STATIC_REQUIRE(words(*texts.column("colour").type.values) == "paint.colour (red, silver grey)");
}

TEST_CASE("a named type says what the column is, whatever the field") {
  STATIC_REQUIRE(words(named.table("named")) == R"(named
  varchar_12 varchar(12)
  char_2 char(2)
  text_ text
  citext_ citext
  bit_8 bit(8)
  varbit_8 varbit(8)
  numeric_12_2 numeric(12,2)
  numeric_12 numeric(12,0)
  smallint_ smallint
  integer_ integer
  bigint_ bigint
  json_ json
  jsonb_ jsonb
  uuid_ uuid
  bytea_ bytea
  date_ date
  interval_ interval
  inet_ inet
  cidr_ cidr
  macaddr_ macaddr
  xml_ xml
  tsvector_ tsvector
  point_ custom 'geometry(Point, 4326)'
)");
  STATIC_REQUIRE(words(named.table("named_times")) == R"(named_times
  time_ time
  time_0 time(0)
  time_6 time(6)
  timetz_ timetz
  timetz_3 timetz(3)
  timestamp_ timestamp
  timestamp_0 timestamp(0)
  timestamp_3 timestamp(3)
  timestamptz_ timestamptz
  timestamptz_3 timestamptz(3)
)");
}

TEST_CASE("a named type of an array is that of its elements, unless it is spelled out") {
  STATIC_REQUIRE(words(named.table("named_arrays")) == R"(named_arrays
  codes varchar(12)[]
  hosts inet[] nullable
  prices numeric(6,3)[][]
  shapes custom 'point[]'
  maybe char(1) nullable
)");
}

TEST_CASE("PostgreSQL's names of the types that follow from C++") {
  STATIC_REQUIRE(spelled(instar::postgres, numbers) == R"(flag boolean
i8 smallint
i16 smallint
i32 integer
i64 bigint
u8 smallint
u16 integer
u32 bigint
u64 numeric(20)
longest bigint
byte smallint
single real
twice double precision
exact numeric
price numeric(12,2)
)");
  STATIC_REQUIRE(spelled(instar::postgres, texts) == R"(text text
id uuid
document jsonb
bytes bytea
role "role"
status "http_status"
colour "paint"."colour"
place point
)");
  STATIC_REQUIRE(spelled(instar::postgres, arrays) == R"(flags boolean[]
numbers smallint[]
large numeric(20)[]
words text[]
matrix double precision[][]
cube integer[][][]
ids uuid[]
documents jsonb[]
blobs bytea[]
days date[]
roles "role"[]
colours "paint"."colour"[]
prices numeric(12,2)[]
places point[]
gaps bigint[]
)");
  STATIC_REQUIRE(spelled(instar::postgres, times) == R"(nano timestamptz
micro timestamptz
milli timestamptz(3)
centi timestamptz(2)
second timestamptz(0)
minute timestamptz(0)
hour timestamptz(0)
day date
week date
clock timestamptz
date date
time_nano time
time_micro time
time_milli time(3)
time_second time(0)
time_minute time(0)
span_nano interval
span interval
span_days interval
span_real interval
)");
}

TEST_CASE("SQLite's names of the types that follow from C++") {
  STATIC_REQUIRE(spelled(instar::sqlite, numbers) == R"(flag BOOLEAN
i8 INTEGER
i16 INTEGER
i32 INTEGER
i64 INTEGER
u8 INTEGER
u16 INTEGER
u32 INTEGER
u64 NUMERIC
longest INTEGER
byte INTEGER
single REAL
twice REAL
exact NUMERIC
price NUMERIC
)");
  STATIC_REQUIRE(spelled(instar::sqlite, texts) == R"(text TEXT
id TEXT
document TEXT
bytes BLOB
role TEXT
status TEXT
colour TEXT
place point
)");
  STATIC_REQUIRE(spelled(instar::sqlite, schema.table("optionals")) == R"(flag BOOLEAN
number INTEGER
text TEXT
words TEXT
bytes BLOB
moment TEXT
date TEXT
span TEXT
document TEXT
role TEXT
price NUMERIC
)");
}

TEST_CASE("SQLite has no arrays and no times: they are text") {
  constexpr auto all_text = [](const instar::table& t) {
    for (const instar::column& c : t.columns) {
      text<100> spelling{};
      instar::detail::put_sqlite_type(spelling, c.type);
      if (!(spelling == "TEXT"))
        return false;
    }
    return !t.columns.empty();
  };
  STATIC_REQUIRE(all_text(arrays));
  STATIC_REQUIRE(all_text(times));
  STATIC_REQUIRE(all_text(named.table("named_times")));
  STATIC_REQUIRE_FALSE(all_text(texts));
}

TEST_CASE("the databases' spelling of named types") {
  STATIC_REQUIRE(spelled(instar::postgres, named.table("named")) == R"(varchar_12 varchar(12)
char_2 char(2)
text_ text
citext_ citext
bit_8 bit(8)
varbit_8 bit varying(8)
numeric_12_2 numeric(12,2)
numeric_12 numeric(12)
smallint_ smallint
integer_ integer
bigint_ bigint
json_ json
jsonb_ jsonb
uuid_ uuid
bytea_ bytea
date_ date
interval_ interval
inet_ inet
cidr_ cidr
macaddr_ macaddr
xml_ xml
tsvector_ tsvector
point_ geometry(Point, 4326)
)");
  STATIC_REQUIRE(spelled(instar::sqlite, named.table("named")) == R"(varchar_12 VARCHAR(12)
char_2 CHAR(2)
text_ TEXT
citext_ TEXT
bit_8 TEXT
varbit_8 TEXT
numeric_12_2 NUMERIC
numeric_12 NUMERIC
smallint_ INTEGER
integer_ INTEGER
bigint_ INTEGER
json_ TEXT
jsonb_ TEXT
uuid_ TEXT
bytea_ BLOB
date_ TEXT
interval_ TEXT
inet_ TEXT
cidr_ TEXT
macaddr_ TEXT
xml_ TEXT
tsvector_ TEXT
point_ geometry(Point, 4326)
)");
  STATIC_REQUIRE(spelled(instar::postgres, named.table("named_times")) == R"(time_ time
time_0 time(0)
time_6 time(6)
timetz_ timetz
timetz_3 timetz(3)
timestamp_ timestamp
timestamp_0 timestamp(0)
timestamp_3 timestamp(3)
timestamptz_ timestamptz
timestamptz_3 timestamptz(3)
)");
  STATIC_REQUIRE(spelled(instar::postgres, named.table("named_arrays")) == R"(codes varchar(12)[]
hosts inet[]
prices numeric(6,3)[][]
shapes point[]
maybe char(1)
)");
  STATIC_REQUIRE(spelled(instar::sqlite, named.table("named_arrays")) == R"(codes TEXT
hosts TEXT
prices TEXT
shapes point[]
maybe CHAR(1)
)");
}
