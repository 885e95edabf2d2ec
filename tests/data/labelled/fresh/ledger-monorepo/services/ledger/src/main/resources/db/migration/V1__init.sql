create table posting (id uuid primary key, account text not null, amount_minor bigint not null, currency char(3) not null, reverses uuid references posting(id));
