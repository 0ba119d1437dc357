#pragma once

#include <instar/database/postgres_schema_builder.hpp>

#include <map>
#include <set>
#include <string>
#include <tuple>

/// \file What of a catalogue is raw as a whole: functions, triggers, policies, types, rights, comments.

namespace instar::detail::pg {

inline void schema_builder::draft_comment(oid_number catalogue, oid_number object, const std::string& target,
                                          const std::string& name, int rank, int column) {
  if (const std::string* comment = comment_on(catalogue, object, column))
    add({.kind = "comment",
         .name = name,
         .create = "COMMENT ON " + target + " IS " + quote_literal(*comment),
         .drop = "COMMENT ON " + target + " IS NULL",
         .rank = rank});
}

/// \param alter  the statement up to SET
/// \param name   what has the options
/// \param prefix before each option's name
inline void schema_builder::draft_options(const std::string& alter, const std::string& name,
                                          const optional_text& options, std::string_view prefix,
                                          std::string_view kind) {
  // The catalogue keeps them in the order in which they were set.
  int order = 0;
  for (const std::string& option : read_array(options.value_or(""))) {
    const std::size_t equals = option.find('=');
    const std::string key = std::string(prefix) + option.substr(0, equals);
    const std::string value = equals == std::string::npos ? "true" : option.substr(equals + 1);
    const bool number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
    add({.kind = std::string(kind),
         .name = name + '(' + key + ')',
         .create = alter + " SET (" + key + " = " + (number ? value : quote_literal(value)) + ')',
         .drop = alter + " RESET (" + key + ')',
         .rank = rank::setting,
         .order = order++});
  }
}

inline void schema_builder::draft_schemas() {
  for (const schema_row& s : c_.schemas) {
    const std::string target = "SCHEMA " + quote_identifier(s.name);
    targets_.emplace(key_of(catalogue::schema, s.oid), std::pair{target, "schema " + s.name});
    draft_comment(catalogue::schema, s.oid, target, "schema " + s.name);
    if (s.name != c_.default_schema)
      add({.kind = "schema",
           .name = s.name,
           .create = "CREATE SCHEMA IF NOT EXISTS " + quote_identifier(s.name),
           .drop = "DROP SCHEMA " + quote_identifier(s.name),
           .rank = rank::schema,
           .placement = placement::before_tables,
           .key = key_of(catalogue::schema, s.oid)});
  }
}

inline void schema_builder::draft_types() {
  for (const type_row& t : c_.types) {
    if (t.kind == "e")
      continue;
    const place at = place_of(t.schema, t.name, t.visible);
    const object_key key = key_of(catalogue::type, t.oid);
    const std::string target = (t.kind == "d" ? "DOMAIN " : "TYPE ") + written(at);
    const std::string kind = t.kind == "d"   ? "domain"
                             : t.kind == "c" ? "composite type"
                             : t.kind == "r" ? "range type"
                             : t.kind == "b" ? "base type"
                                             : "shell type";
    targets_.emplace(key, std::pair{"TYPE " + written(at), kind + ' ' + shown(at)});
    draft_comment(catalogue::type, t.oid, target, kind + ' ' + shown(at));
    std::string create = "CREATE " + target + t.definition.value_or("");
    if (const auto constraints = domain_constraints_.find(t.oid); constraints != domain_constraints_.end())
      for (const constraint_row* k : constraints->second) {
        const std::string name = "CONSTRAINT " + quote_identifier(k->name);
        const std::string person = k->name + " on " + shown(at);
        // NOT NULL is said already.
        if (k->kind != "c")
          continue;
        if (k->special)
          add({.kind = "constraint",
               .name = person,
               .create = "ALTER " + target + " ADD " + name + ' ' + k->definition.value_or(""),
               .drop = "ALTER " + target + " DROP " + name,
               .rank = rank::constraint});
        else
          create += "\n    " + name + ' ' + k->definition.value_or("");
        draft_comment(catalogue::constraint, k->oid, name + " ON " + target, "constraint " + person);
      }
    // What makes up a base type takes it, and so does what makes a range canonical.
    const bool needs_shell = t.kind == "b" || (t.kind == "r" && create.find("\n    canonical = ") != std::string::npos);
    if (needs_shell)
      add({.kind = "shell type",
           .name = shown(at),
           .create = "CREATE " + target,
           .drop = "DROP " + target + " CASCADE",
           .rank = rank::type,
           .placement = graph_.placement_of(key),
           .key = key_of(shell_catalogue, t.oid)});
    add({.kind = kind,
         .name = shown(at),
         .create = std::move(create),
         // The shell's statement drops all that depends on each other.
         .drop = needs_shell ? "/* a base type goes with its shell */" : "DROP " + target,
         .rank = rank::type,
         .placement = graph_.placement_of(key),
         .key = key});
    // The columns of a composite type may have comments.
    for (const auto& [number, r] : relations_)
      if (r->kind == "c" && r->row_type == t.oid)
        for (const column_row& row : columns_of(number))
          if (const std::string* comment = comment_on(catalogue::relation, number, row.number)) {
            const std::string on = "COMMENT ON COLUMN " + written(at) + '.' + quote_identifier(row.name) + " IS ";
            add({.kind = "comment",
                 .name = "column " + shown(at) + '.' + row.name,
                 .create = on + quote_literal(*comment),
                 .drop = on + "NULL",
                 .rank = rank::comment});
          }
  }
}

inline void schema_builder::draft_functions() {
  for (const function_row& f : c_.functions) {
    const place at = place_of(f.schema, f.name, true);
    const object_key key = key_of(catalogue::function, f.oid);
    const std::string word = f.kind == "p" ? "PROCEDURE" : f.kind == "a" ? "AGGREGATE" : "FUNCTION";
    const std::string kind = f.kind == "p" ? "procedure" : f.kind == "a" ? "aggregate" : "function";
    const std::string signature = written(at) + '(' + f.arguments + ')';
    const std::string person = shown(at) + '(' + f.types + ')';
    std::string create = "CREATE AGGREGATE " + signature + ' ' + f.definition;
    if (f.kind != "a") {
      create = f.definition;
      // The definition names the schema even where all others leave it out.
      const std::string head = "CREATE OR REPLACE " + word + ' ';
      if (at.schema.empty() && create.starts_with(head + f.prefix + '.'))
        create.erase(head.size(), f.prefix.size() + 1);
      while (!create.empty() && create.back() == '\n')
        create.pop_back();
    }
    targets_.emplace(key, std::pair{(f.kind == "p" ? "PROCEDURE " : "FUNCTION ") + written(at) + '(' +
                                        (f.kind == "a" ? f.types : f.arguments) + ')',
                                    kind + ' ' + person});
    draft_comment(catalogue::function, f.oid, word + ' ' + signature, kind + ' ' + person);
    if (f.body)
      bodies_.emplace(key, words_of(*f.body));
    add({.kind = kind,
         .name = person,
         .create = std::move(create),
         .drop = "DROP " + word + ' ' + signature,
         .rank = rank::function,
         .placement = graph_.placement_of(key),
         .key = key});
  }
}

inline void schema_builder::draft_written() {
  for (const written_row& w : c_.written) {
    const object_key key = key_of(w.catalogue, w.oid);
    const std::string target = w.drop.substr(std::string_view("DROP ").size());
    if (w.oid != 0) {
      targets_.emplace(key, std::pair{w.kind == "server" ? "FOREIGN " + target : target, w.kind + ' ' + w.name});
      draft_comment(w.catalogue, w.oid, target, w.kind + ' ' + w.name, std::max(w.rank + 1, rank::comment));
    }
    const bool base = w.rank < rank::refines && w.oid != 0;
    add({.kind = w.kind,
         .name = w.name,
         .create = w.create,
         .drop = w.drop,
         .rank = w.rank,
         .placement = base ? graph_.placement_of(key) : placement::after_tables,
         .key = base ? key : 0});
  }
}

/// Triggers, rules and policies.
inline void schema_builder::draft_row_rules() {
  for (const trigger_row& t : c_.triggers)
    if (const relation_row* r = relation(t.relation)) {
      const std::string on = quote_identifier(t.name) + " ON " + written(place_of(*r));
      const std::string person = t.name + " on " + shown(place_of(*r));
      add({.kind = "trigger",
           .name = person,
           .create = t.definition,
           .drop = "DROP TRIGGER " + on,
           .rank = rank::trigger});
      draft_comment(catalogue::trigger, t.oid, "TRIGGER " + on, "trigger " + person);
      if (t.enabled != "O")
        add({.kind = "trigger state",
             .name = person,
             .create = alter(*r) +
                       (t.enabled == "D"   ? " DISABLE TRIGGER "
                        : t.enabled == "R" ? " ENABLE REPLICA TRIGGER "
                                           : " ENABLE ALWAYS TRIGGER ") +
                       quote_identifier(t.name),
             .drop = alter(*r) + " ENABLE TRIGGER " + quote_identifier(t.name),
             .rank = rank::state});
    }
  for (const rewrite_row& w : c_.rewrites)
    if (const relation_row* r = relation(w.relation); r != nullptr && w.definition) {
      const std::string on = quote_identifier(w.name) + " ON " + written(place_of(*r));
      const std::string person = w.name + " on " + shown(place_of(*r));
      std::string create = *w.definition;
      while (!create.empty() && create.back() == ';')
        create.pop_back();
      add({.kind = "rule", .name = person, .create = create, .drop = "DROP RULE " + on, .rank = rank::rule});
      draft_comment(catalogue::rewrite, w.oid, "RULE " + on, "rule " + person);
      if (w.enabled != "O")
        add({.kind = "rule state",
             .name = person,
             .create = "ALTER TABLE " + written(place_of(*r)) +
                       (w.enabled == "D"   ? " DISABLE RULE "
                        : w.enabled == "R" ? " ENABLE REPLICA RULE "
                                           : " ENABLE ALWAYS RULE ") +
                       quote_identifier(w.name),
             .drop = "ALTER TABLE " + written(place_of(*r)) + " ENABLE RULE " + quote_identifier(w.name),
             .rank = rank::state});
    }
  for (const policy_row& p : c_.policies)
    if (const relation_row* r = relation(p.relation)) {
      const std::string on = quote_identifier(p.name) + " ON " + written(place_of(*r));
      const std::string person = p.name + " on " + shown(place_of(*r));
      add({.kind = "policy",
           .name = person,
           .create = "CREATE POLICY " + on + (p.permissive ? "" : " AS RESTRICTIVE") + " FOR " + p.command + " TO " +
                     p.roles + (p.uses ? "\n    USING (" + std::string(without_parentheses(*p.uses)) + ')' : "") +
                     (p.checks ? "\n    WITH CHECK (" + std::string(without_parentheses(*p.checks)) + ')' : ""),
           .drop = "DROP POLICY " + on,
           .rank = rank::policy});
      draft_comment(catalogue::policy, p.oid, "POLICY " + on, "policy " + person);
    }
}

/// What an object's rights differ in from the standard ones, role by role.
inline void schema_builder::draft_rights(const rights_row& row, const std::string& target, const std::string& person) {
  std::string suffix;
  std::string name = person;
  if (row.column != 0) {
    const column_row* column = column_at(row.oid, row.column);
    if (column == nullptr)
      return;
    suffix = " (" + quote_identifier(column->name) + ')';
    name += '.' + column->name;
  }
  const std::set<right> now = read_rights(row.rights, row.owner);
  const std::set<right> standard = read_rights(row.standard.value_or(""), row.owner);
  std::map<std::tuple<bool, std::string, bool>, std::set<std::string>> changes;  // revoked, role, grantable
  for (const right& r : now)
    if (!standard.contains(r))
      changes[{false, r.role, r.grantable}].insert(std::string(privilege_of(r.letter)) + suffix);
  for (const right& r : standard)
    if (!now.contains(r))
      changes[{true, r.role, r.grantable}].insert(std::string(privilege_of(r.letter)) + suffix);
  for (const auto& [which, privileges] : changes) {
    const auto& [revoked, role, grantable] = which;
    std::string list;
    for (const std::string& privilege : privileges)
      list += (list.empty() ? "" : ", ") + privilege;
    const std::string grantee = role.empty() ? "PUBLIC" : quote_identifier(role);
    const std::string grant =
        "GRANT " + list + " ON " + target + " TO " + grantee + (grantable ? " WITH GRANT OPTION" : "");
    const std::string revoke = "REVOKE " + list + " ON " + target + " FROM " + grantee;
    add({.kind = revoked ? "revocation" : "grant",
         .name = name + (revoked ? " from " : " to ") + (role.empty() ? "everybody" : role) +
                 (grantable ? " with grant option" : ""),
         .create = revoked ? revoke : grant,
         .drop = revoked ? grant : revoke,
         .rank = revoked ? rank::revocation : rank::grant});
  }
}

inline void schema_builder::draft_grants() {
  for (const rights_row& row : c_.rights)
    if (const auto found = targets_.find(key_of(row.catalogue, row.oid)); found != targets_.end())
      draft_rights(row, found->second.first, found->second.second);
  for (const default_grant_row& g : c_.default_grants)
    add({.kind = "default privileges",
         .name = g.name,
         .create = g.create,
         .drop = g.drop,
         .rank = rank::default_grant});
}

/// The raw objects in an order in which they can be made: by placement, what others need before them, and else by kind
/// and name, whatever order the catalogue has.
inline std::span<const raw_object> schema_builder::finish_drafts() {
  std::sort(drafts_.begin(), drafts_.end(), [](const draft& a, const draft& b) {
    return std::tie(a.placement, a.rank, a.order, a.kind, a.name) <
           std::tie(b.placement, b.rank, b.order, b.kind, b.name);
  });
  std::unordered_map<int, std::size_t> by_number;
  std::unordered_map<object_key, std::size_t> shells;
  std::unordered_map<std::string, std::vector<std::size_t>> by_word;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    const draft& d = drafts_[i];
    if (d.key >> 32 == shell_catalogue)
      shells.emplace(key_of(catalogue::type, static_cast<oid_number>(d.key)), i);
    else if (d.key != 0)
      by_number.emplace(graph_.find(d.key), i);
  }
  for (const function_row& f : c_.functions)
    if (const auto own = by_number.find(graph_.find(key_of(catalogue::function, f.oid))); own != by_number.end())
      for (const std::string& word : words_of(f.name))
        by_word[word].push_back(own->second);
  for (const auto& [number, r] : relations_)
    if (const auto own = by_number.find(graph_.find(key_of(catalogue::relation, number))); own != by_number.end())
      for (const std::string& word : words_of(r->name))
        by_word[word].push_back(own->second);

  std::vector<std::vector<std::size_t>> hard(drafts_.size());
  std::vector<std::vector<std::size_t>> soft(drafts_.size());
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    const draft& d = drafts_[i];
    if (const auto shell = shells.find(d.key); shell != shells.end())
      hard[i].push_back(shell->second);
    for (const std::size_t needed : graph_.needs_of(d.key))
      if (const auto other = by_number.find(static_cast<int>(needed));
          other != by_number.end() && other->second != i && drafts_[other->second].placement == d.placement)
        hard[i].push_back(other->second);
    if (const auto body = bodies_.find(d.key); body != bodies_.end())
      for (const std::string& word : body->second)
        if (const auto others = by_word.find(word); others != by_word.end())
          for (const std::size_t other : others->second)
            if (other != i && drafts_[other].placement == d.placement)
              soft[i].push_back(other);
  }
  // What is said about the others stands behind them.
  std::vector<raw_object> objects;
  std::vector<std::size_t> order = sorted_by_need(hard, soft);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto stage = [&](const draft& d) { return std::pair{d.placement, d.rank < rank::refines ? 0 : d.rank}; };
    return stage(drafts_[a]) < stage(drafts_[b]);
  });
  for (const std::size_t i : order) {
    const draft& d = drafts_[i];
    objects.push_back({.kind = owner_.text(d.kind),
                       .name = owner_.text(d.name),
                       .create = owner_.text(d.create),
                       .drop = owner_.text(d.drop),
                       .placement = d.placement});
  }
  return owner_.array(objects);
}

}  // namespace instar::detail::pg
