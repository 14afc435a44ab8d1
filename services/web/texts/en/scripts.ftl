# What the modules of assets/ say; #1 and #2 stand where they put something in.
uploading = Uploading…
page-of = Page { $page } of { $all }
page-short = Page { $page }/{ $all }
password = The file has a password.
damaged = The file cannot be read or is damaged.
open-outside = Open in the browser
move-box = { $name }: arrow keys move it, Shift and an arrow change its size
