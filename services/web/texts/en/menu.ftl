# The groups of the menu; the entries stand in the files of their screens.
home = Home
incoming = Incoming
outgoing = Outgoing
signing = Signing
books = Registers
search = Search
administration = Administration

# What a reader hears after the figure beside an entry.
badge-late = , { $n } overdue
badge-mine = , { $n } waiting for me
badge-unit = , { $n } of the unit
