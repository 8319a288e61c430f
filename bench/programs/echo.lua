-- wrk posts about 1 KB of JSON.
local items = {}
for i = 1, 24 do items[i] = string.format('{"id":%d,"name":"item %d","ok":true}', i, i) end
wrk.method = 'POST'
wrk.headers['Content-Type'] = 'application/json'
wrk.body = '[' .. table.concat(items, ',') .. ']'
