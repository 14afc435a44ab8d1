//! Number and notation of outgoing documents (NĐ 30/2020 Điều 15, Phụ lục I).
