-- Times are milliseconds of the epoch, truths 0 or 1.
create table job (
  id text primary key,
  state text not null,
  task text not null,
  orders text not null,
  search text not null,
  width bigint not null default 0,
  height bigint not null default 0,
  frames bigint not null default 0,
  fps double precision not null default 0,
  steps bigint not null default 0,
  phase text,
  percent bigint not null default 0,
  step bigint not null default 0,
  frame_offset bigint not null default 0,
  eta double precision,
  preview bigint not null default 0,
  attempt bigint not null default 0,
  lost bigint not null default 0,
  lease bigint not null default 0,
  lease_owner text,
  lease_until bigint,
  cancelling bigint not null default 0,
  gone bigint not null default 0,
  error text,
  result_file text,
  result_bytes bigint,
  result_sha256 text,
  kept bigint not null default 0,
  draft_rows bigint,
  drafted_rows bigint,
  owner text,
  batch text,
  board text,
  star bigint not null default 0,
  note text not null default '',
  remixed_from text,
  priority bigint not null default 0,
  turn bigint not null default 0,
  place bigint not null default 0,
  notes text not null default '[]',
  fingerprint text,
  webhook text,
  created bigint not null,
  started bigint,
  completed bigint
);
create index job_place on job (state, place, id);
create index job_board on job (board) where board is not null;
create index job_batch on job (batch) where batch is not null;
create index job_owner on job (owner, state);
create index job_fingerprint on job (fingerprint, created) where fingerprint is not null;
create index job_completed on job (completed) where completed is not null;

create table input (
  sha256 text primary key,
  bytes bigint not null,
  kind text not null,
  width bigint not null,
  height bigint not null,
  frames bigint,
  fps double precision,
  created bigint not null
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
  created bigint not null,
  primary key (owner, request_key)
);

create table event (
  id bigint primary key,
  type text not null,
  job text,
  data text not null,
  created bigint not null
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
  at bigint not null
);

create table worker (
  name text primary key,
  host text not null,
  state text not null,
  device text not null,
  job text,
  seen bigint not null
);
create index worker_host on worker (host);

-- One row: whether nothing is begun, the turn that was reached, the last event.
create table queue (
  one bigint primary key check (one = 1),
  paused bigint not null,
  turn bigint not null,
  event bigint not null
);
insert into queue (one, paused, turn, event) values (1, 0, 0, 0);

-- As db-scheduler wants it.
create table scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data bytea,
  execution_time timestamp with time zone not null,
  picked boolean not null,
  picked_by text,
  last_success timestamp with time zone,
  last_failure timestamp with time zone,
  consecutive_failures integer,
  last_heartbeat timestamp with time zone,
  version bigint not null,
  priority integer,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_time on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);
