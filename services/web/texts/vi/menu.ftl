# The groups of the menu; the entries stand in the files of their screens.
home = Trang chủ
incoming = Văn bản đến
outgoing = Văn bản đi
signing = Ký số
books = Sổ văn bản
search = Tra cứu
administration = Quản trị

# What a reader hears after the figure beside an entry.
badge-late = , { $n } quá hạn
badge-mine = , { $n } chờ tôi
badge-unit = , { $n } của đơn vị
