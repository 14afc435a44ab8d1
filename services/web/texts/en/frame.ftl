# What stands around every page.
skip = To the main content
find = Quick search
find-by = Number, reference, subject, agency…
keys = Table of keys
account = My account
menu = Main menu
undo = Undo
seconds = ({ $n } s)
close = Close
close-toast = Close the notice
open-it = Open
