-- Names that are read alike, found without reading every account: separators dropped, and m and w as what they resemble.
CREATE INDEX accounts_account_alike
    ON accounts_account (replace(replace(replace(skeleton, '-', ''), 'm', 'rn'), 'w', 'vv'));
CREATE INDEX accounts_tombstone_alike
    ON accounts_tombstone (replace(replace(replace(skeleton, '-', ''), 'm', 'rn'), 'w', 'vv'));
