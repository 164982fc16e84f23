-- Times are milliseconds of the epoch, truths 0 or 1.
create table job (
  id text primary key,
  state text not null,
  task text not null,
  orders text not null,
  search text not null,
  width integer not null default 0,
  height integer not null default 0,
  frames integer not null default 0,
  fps real not null default 0,
  steps integer not null default 0,
  phase text,
  percent integer not null default 0,
  step integer not null default 0,
  frame_offset integer not null default 0,
  eta real,
  preview integer not null default 0,
  attempt integer not null default 0,
  lost integer not null default 0,
  lease integer not null default 0,
  lease_owner text,
  lease_until integer,
  cancelling integer not null default 0,
  gone integer not null default 0,
  error text,
  result_file text,
  result_bytes integer,
  result_sha256 text,
  kept integer not null default 0,
  draft_rows integer,
  drafted_rows integer,
  owner text,
  batch text,
  board text,
  star integer not null default 0,
  note text not null default '',
  remixed_from text,
  priority integer not null default 0,
  turn integer not null default 0,
  place integer not null default 0,
  notes text not null default '[]',
  fingerprint text,
  webhook text,
  created integer not null,
  started integer,
  completed integer
);
create index job_place on job (state, place, id);
create index job_board on job (board) where board is not null;
create index job_batch on job (batch) where batch is not null;
create index job_owner on job (owner, state);
create index job_fingerprint on job (fingerprint, created) where fingerprint is not null;
create index job_completed on job (completed) where completed is not null;

create table input (
  sha256 text primary key,
  bytes integer not null,
  kind text not null,
  width integer not null,
  height integer not null,
  frames integer,
  fps real,
  created integer not null
);

create table job_input (
  job text not null references job (id) on delete cascade,
  sha256 text not null references input (sha256),
  primary key (job, sha256)
);
create index job_input_sha256 on job_input (sha256);

create table request_key (
  owner text not null,
  request_key text not null,
  fingerprint text not null,
  job text not null,
  created integer not null,
  primary key (owner, request_key)
);

create table event (
  id integer primary key,
  type text not null,
  job text,
  data text not null,
  created integer not null
);
create index event_created on event (created);

create table shelf (
  kind text not null,
  name text not null,
  value text not null,
  primary key (kind, name)
);

create table expired (
  id text primary key,
  at integer not null
);

create table worker (
  name text primary key,
  host text not null,
  state text not null,
  device text not null,
  job text,
  seen integer not null
);
create index worker_host on worker (host);

-- One row: whether nothing is begun, the turn that was reached, the last event.
create table queue (
  one integer primary key check (one = 1),
  paused integer not null,
  turn integer not null,
  event integer not null
);
insert into queue (one, paused, turn, event) values (1, 0, 0, 0);

-- As db-scheduler wants it.
create table scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data blob,
  execution_time integer not null,
  picked integer not null,
  picked_by text,
  last_success integer,
  last_failure integer,
  consecutive_failures integer,
  last_heartbeat integer,
  version integer not null,
  priority integer,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_time on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);
