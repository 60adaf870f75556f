# One instruction of every opcode but invoke-custom and const-method-handle (see rich.smali).
.class public final Lp/Formats;
.super Ljava/lang/Object;
.source "Formats.java"

.field public f:I

.method public static native callee(IJ)V
.end method

.method public static every()V
    .registers 300
    nop
    move v1, v15
    move/from16 v255, v299
    move/16 v299, v256
    move-wide v1, v15
    move-wide/from16 v255, v299
    move-wide/16 v299, v256
    move-object v1, v15
    move-object/from16 v255, v299
    move-object/16 v299, v256
    move-result v200
    move-result-wide v200
    move-result-object v200
    move-exception v200
    return-void
    return v200
    return-wide v200
    return-object v200
    const/4 v9, -8
    const/4 v9, 7
    const/16 v77, -32768
    const/16 v77, 32767
    const v66, -2147483648
    const v66, 0x7f010001
    const/high16 v8, 0x7fff0000
    const/high16 v8, -65536
    const-wide/16 v77, -32768
    const-wide/16 v77, 32767
    const-wide/32 v66, -2147483648
    const-wide/32 v66, 0x7f010001
    const-wide v44, -9223372036854775808
    const-wide v44, 0x123456789abcdef0
    const-wide/high16 v8, 0x4000000000000000
    const-wide/high16 v8, -0x1000000000000
    const-string v99, "text"
    const-string/jumbo v99, "text"
    const-class v99, Lp/Formats;
    monitor-enter v200
    monitor-exit v200
    check-cast v99, Lp/Formats;
    instance-of v2, v9, Lp/Formats;
    array-length v1, v15
    new-instance v99, Lp/Formats;
    new-array v2, v9, [[I
    filled-new-array {}, [[I
    filled-new-array {v1}, [[I
    filled-new-array {v1, v2, v3, v4, v15}, [[I
    filled-new-array/range {v250 .. v256}, [[I
    fill-array-data v3, :fill_array_data
    throw v200
    goto :here_1
    nop
    :here_1
    goto/16 :here_2
    nop
    :here_2
    goto/32 :here_3
    nop
    :here_3
    packed-switch v3, :packed_switch
    sparse-switch v3, :sparse_switch
    cmpl-float v0, v128, v255
    cmpg-float v0, v128, v255
    cmpl-double v0, v128, v255
    cmpg-double v0, v128, v255
    cmp-long v0, v128, v255
    :back_4
    nop
    if-eq v3, v14, :back_4
    :back_5
    nop
    if-ne v3, v14, :back_5
    :back_6
    nop
    if-lt v3, v14, :back_6
    :back_7
    nop
    if-ge v3, v14, :back_7
    :back_8
    nop
    if-gt v3, v14, :back_8
    :back_9
    nop
    if-le v3, v14, :back_9
    if-eqz v100, :here_10
    nop
    :here_10
    :back_11
    nop
    if-eqz v7, :back_11
    if-nez v100, :here_12
    nop
    :here_12
    :back_13
    nop
    if-nez v7, :back_13
    if-ltz v100, :here_14
    nop
    :here_14
    :back_15
    nop
    if-ltz v7, :back_15
    if-gez v100, :here_16
    nop
    :here_16
    :back_17
    nop
    if-gez v7, :back_17
    if-gtz v100, :here_18
    nop
    :here_18
    :back_19
    nop
    if-gtz v7, :back_19
    if-lez v100, :here_20
    nop
    :here_20
    :back_21
    nop
    if-lez v7, :back_21
    aget v0, v128, v255
    aget-wide v0, v128, v255
    aget-object v0, v128, v255
    aget-boolean v0, v128, v255
    aget-byte v0, v128, v255
    aget-char v0, v128, v255
    aget-short v0, v128, v255
    aput v0, v128, v255
    aput-wide v0, v128, v255
    aput-object v0, v128, v255
    aput-boolean v0, v128, v255
    aput-byte v0, v128, v255
    aput-char v0, v128, v255
    aput-short v0, v128, v255
    iget v2, v9, Lp/Formats;->f:I
    iget-wide v2, v9, Lp/Formats;->f:I
    iget-object v2, v9, Lp/Formats;->f:I
    iget-boolean v2, v9, Lp/Formats;->f:I
    iget-byte v2, v9, Lp/Formats;->f:I
    iget-char v2, v9, Lp/Formats;->f:I
    iget-short v2, v9, Lp/Formats;->f:I
    iput v2, v9, Lp/Formats;->f:I
    iput-wide v2, v9, Lp/Formats;->f:I
    iput-object v2, v9, Lp/Formats;->f:I
    iput-boolean v2, v9, Lp/Formats;->f:I
    iput-byte v2, v9, Lp/Formats;->f:I
    iput-char v2, v9, Lp/Formats;->f:I
    iput-short v2, v9, Lp/Formats;->f:I
    sget v99, Lp/Formats;->s:Ljava/lang/Object;
    sget-wide v99, Lp/Formats;->s:Ljava/lang/Object;
    sget-object v99, Lp/Formats;->s:Ljava/lang/Object;
    sget-boolean v99, Lp/Formats;->s:Ljava/lang/Object;
    sget-byte v99, Lp/Formats;->s:Ljava/lang/Object;
    sget-char v99, Lp/Formats;->s:Ljava/lang/Object;
    sget-short v99, Lp/Formats;->s:Ljava/lang/Object;
    sput v99, Lp/Formats;->s:Ljava/lang/Object;
    sput-wide v99, Lp/Formats;->s:Ljava/lang/Object;
    sput-object v99, Lp/Formats;->s:Ljava/lang/Object;
    sput-boolean v99, Lp/Formats;->s:Ljava/lang/Object;
    sput-byte v99, Lp/Formats;->s:Ljava/lang/Object;
    sput-char v99, Lp/Formats;->s:Ljava/lang/Object;
    sput-short v99, Lp/Formats;->s:Ljava/lang/Object;
    invoke-virtual {}, Lp/Formats;->callee(IJ)V
    invoke-virtual {v1}, Lp/Formats;->callee(IJ)V
    invoke-virtual {v1, v2, v3, v4, v15}, Lp/Formats;->callee(IJ)V
    invoke-super {}, Lp/Formats;->callee(IJ)V
    invoke-super {v1}, Lp/Formats;->callee(IJ)V
    invoke-super {v1, v2, v3, v4, v15}, Lp/Formats;->callee(IJ)V
    invoke-direct {}, Lp/Formats;->callee(IJ)V
    invoke-direct {v1}, Lp/Formats;->callee(IJ)V
    invoke-direct {v1, v2, v3, v4, v15}, Lp/Formats;->callee(IJ)V
    invoke-static {}, Lp/Formats;->callee(IJ)V
    invoke-static {v1}, Lp/Formats;->callee(IJ)V
    invoke-static {v1, v2, v3, v4, v15}, Lp/Formats;->callee(IJ)V
    invoke-interface {}, Lp/Formats;->callee(IJ)V
    invoke-interface {v1}, Lp/Formats;->callee(IJ)V
    invoke-interface {v1, v2, v3, v4, v15}, Lp/Formats;->callee(IJ)V
    invoke-virtual/range {v250 .. v256}, Lp/Formats;->callee(IJ)V
    invoke-super/range {v250 .. v256}, Lp/Formats;->callee(IJ)V
    invoke-direct/range {v250 .. v256}, Lp/Formats;->callee(IJ)V
    invoke-static/range {v250 .. v256}, Lp/Formats;->callee(IJ)V
    invoke-interface/range {v250 .. v256}, Lp/Formats;->callee(IJ)V
    neg-int v1, v15
    not-int v1, v15
    neg-long v1, v15
    not-long v1, v15
    neg-float v1, v15
    neg-double v1, v15
    int-to-long v1, v15
    int-to-float v1, v15
    int-to-double v1, v15
    long-to-int v1, v15
    long-to-float v1, v15
    long-to-double v1, v15
    float-to-int v1, v15
    float-to-long v1, v15
    float-to-double v1, v15
    double-to-int v1, v15
    double-to-long v1, v15
    double-to-float v1, v15
    int-to-byte v1, v15
    int-to-char v1, v15
    int-to-short v1, v15
    add-int v0, v128, v255
    sub-int v0, v128, v255
    mul-int v0, v128, v255
    div-int v0, v128, v255
    rem-int v0, v128, v255
    and-int v0, v128, v255
    or-int v0, v128, v255
    xor-int v0, v128, v255
    shl-int v0, v128, v255
    shr-int v0, v128, v255
    ushr-int v0, v128, v255
    add-long v0, v128, v255
    sub-long v0, v128, v255
    mul-long v0, v128, v255
    div-long v0, v128, v255
    rem-long v0, v128, v255
    and-long v0, v128, v255
    or-long v0, v128, v255
    xor-long v0, v128, v255
    shl-long v0, v128, v255
    shr-long v0, v128, v255
    ushr-long v0, v128, v255
    add-float v0, v128, v255
    sub-float v0, v128, v255
    mul-float v0, v128, v255
    div-float v0, v128, v255
    rem-float v0, v128, v255
    add-double v0, v128, v255
    sub-double v0, v128, v255
    mul-double v0, v128, v255
    div-double v0, v128, v255
    rem-double v0, v128, v255
    add-int/2addr v1, v15
    sub-int/2addr v1, v15
    mul-int/2addr v1, v15
    div-int/2addr v1, v15
    rem-int/2addr v1, v15
    and-int/2addr v1, v15
    or-int/2addr v1, v15
    xor-int/2addr v1, v15
    shl-int/2addr v1, v15
    shr-int/2addr v1, v15
    ushr-int/2addr v1, v15
    add-long/2addr v1, v15
    sub-long/2addr v1, v15
    mul-long/2addr v1, v15
    div-long/2addr v1, v15
    rem-long/2addr v1, v15
    and-long/2addr v1, v15
    or-long/2addr v1, v15
    xor-long/2addr v1, v15
    shl-long/2addr v1, v15
    shr-long/2addr v1, v15
    ushr-long/2addr v1, v15
    add-float/2addr v1, v15
    sub-float/2addr v1, v15
    mul-float/2addr v1, v15
    div-float/2addr v1, v15
    rem-float/2addr v1, v15
    add-double/2addr v1, v15
    sub-double/2addr v1, v15
    mul-double/2addr v1, v15
    div-double/2addr v1, v15
    rem-double/2addr v1, v15
    add-int/lit16 v6, v15, -32768
    add-int/lit16 v6, v15, 1000
    rsub-int v6, v15, -32768
    rsub-int v6, v15, 1000
    mul-int/lit16 v6, v15, -32768
    mul-int/lit16 v6, v15, 1000
    div-int/lit16 v6, v15, -32768
    div-int/lit16 v6, v15, 1000
    rem-int/lit16 v6, v15, -32768
    rem-int/lit16 v6, v15, 1000
    and-int/lit16 v6, v15, -32768
    and-int/lit16 v6, v15, 1000
    or-int/lit16 v6, v15, -32768
    or-int/lit16 v6, v15, 1000
    xor-int/lit16 v6, v15, -32768
    xor-int/lit16 v6, v15, 1000
    add-int/lit8 v5, v200, -128
    add-int/lit8 v5, v200, 127
    rsub-int/lit8 v5, v200, -128
    rsub-int/lit8 v5, v200, 127
    mul-int/lit8 v5, v200, -128
    mul-int/lit8 v5, v200, 127
    div-int/lit8 v5, v200, -128
    div-int/lit8 v5, v200, 127
    rem-int/lit8 v5, v200, -128
    rem-int/lit8 v5, v200, 127
    and-int/lit8 v5, v200, -128
    and-int/lit8 v5, v200, 127
    or-int/lit8 v5, v200, -128
    or-int/lit8 v5, v200, 127
    xor-int/lit8 v5, v200, -128
    xor-int/lit8 v5, v200, 127
    shl-int/lit8 v5, v200, -128
    shl-int/lit8 v5, v200, 127
    shr-int/lit8 v5, v200, -128
    shr-int/lit8 v5, v200, 127
    ushr-int/lit8 v5, v200, -128
    ushr-int/lit8 v5, v200, 127
    invoke-polymorphic {v4, v5, v6}, Lp/Formats;->callee(IJ)V, (IJ)V
    invoke-polymorphic/range {v16 .. v20}, Lp/Formats;->callee(IJ)V, (IJ)V
    const-method-type v99, (IJ)V
    return-void
    :fill_array_data
    .array-data 2
      0x41
      -1
      7
    .end array-data
    :packed_switch
    .packed-switch -2
      :back_5
      :here_1
    .end packed-switch
    :sparse_switch
    .sparse-switch
      -100 -> :here_1
      0x7fffffff -> :back_5
    .end sparse-switch
.end method
