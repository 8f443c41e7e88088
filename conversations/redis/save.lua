-- Saves a conversation if nobody has saved it since it was loaded.
-- KEYS[1] the conversation: its version, a line's end, its state.
-- ARGV: version loaded, version to write, state, ttl in ms.
-- Versions are compared as text: a Lua number would lose the last digits of an int64.
local saved = redis.call('GETRANGE', KEYS[1], 0, #ARGV[1])
if saved ~= ARGV[1] .. '\n' and (saved ~= '' or ARGV[1] ~= '0') then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2] .. '\n' .. ARGV[3], 'PX', ARGV[4])
return 1
