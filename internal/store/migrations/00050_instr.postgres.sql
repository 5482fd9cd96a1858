-- SQLite's name for where a text contains another, letter by letter; 0: nowhere. LIKE is no help: it
-- reads % and _ as patterns, and on SQLite it takes a for A.

-- +goose Up
create function instr(text, text) returns integer language sql immutable strict parallel safe
	return strpos($1, $2);
