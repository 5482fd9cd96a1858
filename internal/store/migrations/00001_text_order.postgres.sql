-- SQLite compares text byte by byte and calls that order "binary". PostgreSQL gets
-- the same under the same name, so that one SQL text means one thing on both.

-- +goose Up
create collation "binary" from "C";
