//! In which capacity somebody may sign (NĐ 30/2020 Điều 13), from positions and delegations.
