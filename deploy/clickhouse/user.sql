-- The user that Elava's history role writes with: its own database and nothing else. Run by an administrator; with a cluster
-- add ON CLUSTER '<name>' to each statement. Elava makes its tables itself, at start.
CREATE DATABASE IF NOT EXISTS elava;
CREATE USER IF NOT EXISTS elava IDENTIFIED WITH sha256_password BY '…' HOST IP '10.0.0.0/8'
  SETTINGS max_memory_usage = 8000000000, max_execution_time = 60, allow_ddl = 1, readonly = 0;
GRANT SELECT, INSERT, ALTER, CREATE TABLE, DROP TABLE, TRUNCATE, OPTIMIZE ON elava.* TO elava;
-- CREATE DATABASE IF NOT EXISTS is said at each start, and the columns of our tables are compared with their declarations.
GRANT CREATE DATABASE ON elava.* TO elava;
GRANT SELECT ON system.columns TO elava;
GRANT SELECT ON system.tables TO elava;
GRANT SELECT ON system.parts TO elava;
-- Only with storage.cluster: GRANT CLUSTER ON *.* TO elava;

-- For people and dashboards: asks, changes nothing, reads no file and calls no address.
CREATE USER IF NOT EXISTS elava_reader IDENTIFIED WITH sha256_password BY '…'
  SETTINGS readonly = 1, max_execution_time = 30, max_memory_usage = 2000000000;
GRANT SELECT ON elava.* TO elava_reader;
